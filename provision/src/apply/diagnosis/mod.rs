//! Why an operation failed: the first cause, the line of ours that declared the resource, and what
//! to do about it. Pure.

mod cause;
mod pattern;
mod patterns;
mod report;
mod source;

#[cfg(test)]
mod recorded;

pub use cause::first_cause;
pub use pattern::Pattern;
pub use patterns::PATTERNS;
pub use report::{failure, invalid, name_of};
pub use source::declared_at;
