//! Every port in memory, for tests: honours the conditions that the real ends do, runs on time of
//! its own, and fails, hangs or is slow where a test says so.

mod clock;
mod services;
mod sessions;
mod state;
mod tables;

pub use services::Outcome;
pub use state::{Memory, Port, StoredSession};
