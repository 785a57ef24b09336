//! What would stop a deployment, or spoil it, before anything is changed.
//!
//! Each look is pure over what a service answered; `read` alone talks. What a target cannot answer
//! is skipped by name. `finding` is the shape of what a look found, `report` of all of it.

mod account;
mod finding;
mod gateway;
mod model;
mod quotas;
mod read;
mod report;
mod runtime;
mod second;
mod storage;

pub use finding::{Finding, Severity};
pub use read::examine;
pub use report::{Report, Skip};
