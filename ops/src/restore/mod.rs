//! From an archive to tables: nothing is written before the whole archive is checked, and nothing is
//! believed to be written before it is read again.

mod compare;
mod empty;
mod filter;
mod items;
mod journal;
mod options;
mod rehearse;
mod run;
mod scratch;
mod sift;
mod write;

pub use filter::Filter;
pub use options::{Mode, Options};
pub use rehearse::{Rehearsal, rehearse};
pub use run::{Report, TableReport, run};
pub use sift::Counts;
