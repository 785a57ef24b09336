//! What a month costs, from a template and a traffic profile. Offline, at the list prices of one
//! region on one day.
//!
//! `load` says how much a month asks of each part, `operations` what a request does to the tables;
//! `lines` multiply, a file for each service; `estimate` adds them up; `prices` and
//! `traffic` are two data files that people may replace; `text` renders.

mod estimate;
mod lines;
mod load;
mod operations;
mod prices;
mod text;
mod traffic;

pub use estimate::{Estimate, LEFT_OUT, estimate};
pub use lines::Line;
pub use prices::Prices;
pub use text::{compared, table};
pub use traffic::Traffic;
