//! What would stop a deployment, or spoil it, before anything is changed.
//!
//! Each look is pure over what a service answered; `read` alone talks. What a target cannot answer
//! is skipped by name.

mod account;
mod finding;
mod gateway;
mod model;
mod quotas;
mod read;
mod runtime;
mod second;
mod storage;

pub use finding::{Finding, Report, Severity, Skip};
pub use read::examine;
