//! From tables to an archive: by a parallel scan, or through DynamoDB's own point-in-time export.
//!
//! [`run`] is the same for both: an unfinished archive is gone on with, every finished part is noted
//! in a checkpoint, and the manifest is written when all parts are there.

mod checkpoint;
mod export;
mod export_files;
mod live;
mod options;
mod prune;
mod run;
mod scan;
mod tables;
mod writer;

pub use live::Live;
pub use options::{Options, Way, tables_for};
pub use prune::{Keep, Verdict, judge};
pub use run::{Finished, run};
pub use scan::{PARTS, Page, Scan, read_table};
pub use tables::{Described, describe};
