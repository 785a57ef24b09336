//! The index: its fields, how it is built the same everywhere, and how it is opened.
//!
//! Knows tantivy's files; refuses to know what makes one match better than another.

mod build;
mod read_only;
mod replace;
mod schema;

pub use build::{BuildError, IndexFiles, build};
pub use replace::{ReplaceError, replace_folder};

pub(crate) use read_only::ReadOnly;
pub(crate) use schema::{Fields, KIND, TOPIC, schema};
