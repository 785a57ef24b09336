//! Content: Markdown files with YAML front matter, or JSON Lines, read into typed documents.
//!
//! Knows the format and its rules; refuses to know how documents are indexed or ranked.

mod document;
mod errors;
mod fields;
mod folder;
mod front_matter;
mod json_lines;
mod plain_text;

pub use document::{ContentId, Document, PaperDetails, SUMMARY_MAX, TITLE_MAX};
pub use errors::{ContentError, ContentErrors};
pub use folder::{README, read_folder};
pub use front_matter::parse;
pub use json_lines::parse_lines;
pub use plain_text::plain_text;
