//! How good the ranking is: a judged set, and what it says of the answers.
//!
//! Knows people's judgements; refuses to know how matches are found and ordered.

mod judged;
mod measures;
mod report;

pub use judged::{Judged, JudgedSet, read_judged};
pub use measures::{Measure, ndcg, recall};
pub use report::{Report, measure};
