//! Kinds and topics of all documents, in memory: every match is counted, so that they are read often.

use std::io;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

/// The terms of one column, by document.
pub(super) struct Column {
    /// In the order of their ordinals.
    terms: Vec<String>,
    /// Where each document's ordinals begin, and where the last one's end.
    starts: Vec<u32>,
    ordinals: Vec<u32>,
}

impl Column {
    /// Reads the column of `documents` documents.
    pub fn read(column: &StrColumn, documents: DocId) -> io::Result<Self> {
        let mut terms = Vec::with_capacity(column.num_terms());
        // One walk: to look up each by its ordinal would read the terms before it again.
        let mut in_order = column.dictionary().stream()?;
        while in_order.advance() {
            terms.push(String::from_utf8_lossy(in_order.key()).into_owned());
        }
        let (mut starts, mut ordinals) = (vec![0], Vec::new());
        let too_many = |_| io::Error::other("the column has too many values");
        for doc in 0..documents {
            for ordinal in column.term_ords(doc) {
                ordinals.push(u32::try_from(ordinal).map_err(too_many)?);
            }
            starts.push(u32::try_from(ordinals.len()).map_err(too_many)?);
        }
        Ok(Self {
            terms,
            starts,
            ordinals,
        })
    }

    /// The ordinals of `doc`.
    pub fn of(&self, doc: DocId) -> &[u32] {
        let at = doc as usize;
        let bounds = (self.starts.get(at), self.starts.get(at + 1));
        let (Some(start), Some(end)) = bounds else {
            return &[];
        };
        self.ordinals
            .get(*start as usize..*end as usize)
            .unwrap_or_default()
    }

    /// The ordinal of `term`, if a document has it.
    pub fn ordinal(&self, term: &str) -> Option<u32> {
        let found = self
            .terms
            .binary_search_by(|there| there.as_str().cmp(term));
        found.ok().and_then(|at| u32::try_from(at).ok())
    }

    /// The terms, in the order of their ordinals.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }
}
