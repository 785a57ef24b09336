//! From an archive to tables: nothing is written before the whole archive is checked, and nothing is
//! believed to be written before it is read again.

mod check;
mod compare;
mod empty;
mod filter;
mod items;
mod journal;
mod options;
mod rehearse;
mod report;
mod route;
mod run;
mod scratch;
mod sift;
mod transfer;
mod write;

pub use filter::Filter;
pub use options::{Mode, Options};
pub use rehearse::{Rehearsal, rehearse};
pub use report::{Report, TableReport};
pub use run::run;
pub use sift::Counts;
