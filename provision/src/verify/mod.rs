//! Compares what lives with what the contract says.
//!
//! Expected values come from `contract` and the grants, live ones from the services' own answers;
//! of the stack only the outputs (ids) and the deployer's choices are used. The comparisons are
//! pure; `read` alone talks.

mod arns;
pub mod functions;
pub mod page;
mod read;
mod report;
mod rest;
mod roles;
mod tables;
pub mod usage;
mod websocket;

pub use arns::Names;
pub use read::{verify, verify_deployed};
pub use report::{Check, Comparisons, Report, Skip};
