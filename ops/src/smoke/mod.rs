//! Shows the requirements on a running target.
//!
//! A [`Check`] has a requirement's id, reads something back and says what it was. [`CHECKS`] is the
//! list of all, one file a group of requirements; [`skips::SKIPS`] is the list of what a target
//! cannot show, each with its reason. A check leaves nothing behind: it works on supporters of its
//! own, which are removed at the end whatever happens.

pub mod check;
pub mod checks;
mod compare;
pub mod ctx;
pub mod formats;
mod gateway;
mod http;
mod invoke;
pub mod latency;
mod policy;
pub mod report;
pub mod runner;
mod secrets;
pub mod skips;
mod socket;
mod stored;
mod supporter;

pub use check::{Check, Evidence, Finding, When};
pub use checks::CHECKS;
pub use ctx::Ctx;
