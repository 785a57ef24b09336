//! What goes into a search and what comes out, as in the HTTP contract (`POST /search`).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ContentKind;

/// What to search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// Any text; only blanks finds nothing.
    pub text: &'a str,
    /// Only content of this kind.
    pub kind: Option<ContentKind>,
    /// How many results at most.
    pub limit: usize,
    /// Topics that lift a match ([`crate::text::normalise_topic`]); none for an unknown supporter.
    pub interests: &'a [String],
}

/// The best matches, and figures over all matches.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Results {
    /// Best first; equal scores by id.
    pub results: Vec<Hit>,
    /// Number of all matches.
    pub total: usize,
    /// Counts over all matches.
    pub facets: Facets,
}

/// Counts over all matches; only what was found is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    /// Matches by kind.
    pub kind: BTreeMap<String, usize>,
    /// Matches by topic; a document counts once for each of its topics.
    pub topic: BTreeMap<String, usize>,
}

/// One match.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The document's id.
    pub id: String,
    /// Article or paper.
    pub kind: ContentKind,
    /// The title.
    pub title: String,
    /// The summary.
    pub summary: String,
    /// `[start, end)` of each matching word in `summary`, in Unicode scalar values.
    pub highlights: Vec<[usize; 2]>,
    /// Where the whole piece is.
    pub url: String,
    /// Never rises from one result to the next; comparable within one answer only.
    pub score: f32,
    /// Whether an interest lifted it.
    pub personalised: bool,
}
