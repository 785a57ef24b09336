//! The commands, one file each.

pub mod apply;
mod consent;
pub mod continue_rollback;
pub mod cost;
pub mod destroy;
pub mod doctor;
pub mod drift;
pub mod function_env;
pub mod graph;
pub mod hotswap;
pub mod outputs;
pub mod page;
pub mod plan;
pub mod policy;
pub mod preflight;
pub mod rollback;
pub mod rotate_key;
pub mod service_role;
pub mod synth;
pub mod verify;
pub mod watch;
