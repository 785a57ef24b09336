//! What a month costs, from a template and a traffic profile. Offline, at the list prices of one
//! region on one day.
//!
//! `operations` says what a request does to the tables; `estimate` multiplies; `prices` and
//! `traffic` are two data files that people may replace; `text` renders.

mod estimate;
mod operations;
mod prices;
mod text;
mod traffic;

pub use estimate::{Estimate, LEFT_OUT, Line, estimate};
pub use prices::Prices;
pub use text::{compared, table};
pub use traffic::Traffic;
