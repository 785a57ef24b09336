//! The commands, one file each.

pub mod apply;
pub mod continue_rollback;
pub mod destroy;
pub mod function_env;
pub mod outputs;
pub mod page;
pub mod plan;
pub mod preflight;
pub mod rollback;
pub mod synth;
pub mod verify;
pub mod watch;
