//! One piece of content, as its front matter and body give it.

use std::fmt;

use jiff::civil::Date;

use crate::ContentKind;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 120;

/// Longest summary, in characters.
pub const SUMMARY_MAX: usize = 400;

/// The id of a piece of content ([`contract::limits::ID_PATTERN`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(String);

impl ContentId {
    /// The id that reads `text`, or `None` where the contract does not allow it.
    pub fn new(text: &str) -> Option<Self> {
        contract::limits::is_id(text).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A piece of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Unique within the folder.
    pub id: ContentId,
    /// Article or paper.
    pub kind: ContentKind,
    /// One line, at most [`TITLE_MAX`] characters.
    pub title: String,
    /// Plain text, at most [`SUMMARY_MAX`] characters; shown in results.
    pub summary: String,
    /// Subjects in lower case, at least one ([`crate::text::normalise_topic`]).
    pub topics: Vec<String>,
    /// Who it is written for, at least one group.
    pub audience: Vec<String>,
    /// Day of publication.
    pub published: Date,
    /// Where the whole piece is; an `https` address.
    pub url: String,
    /// Whether it is made up, to show the format.
    pub sample: bool,
    /// What only papers have.
    pub paper: Option<PaperDetails>,
    /// Markdown after the front matter.
    pub body: String,
}

/// What only papers have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperDetails {
    /// At least one, in the paper's order.
    pub authors: Vec<String>,
    /// E.g. `10.5555/sample.001`.
    pub doi: String,
}
