//! Puts records into the tables: only what is missing, so that a second run changes nothing and
//! what was written since (a chat's context, a donation) stays.

mod same;
mod summary;
mod write;

#[cfg(test)]
mod tests;

pub use summary::{Count, Summary};
pub use write::{There, Writer};
