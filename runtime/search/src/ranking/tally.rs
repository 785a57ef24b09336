//! Goes over all matches once: counts them, and keeps the best.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use std::io;

use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score};

/// How much a match with one of the supporter's topics is lifted: a word in the summary then passes
/// the same word in a topic, but not a document that fits more of the words much better.
const LIFT: Score = 2.0;

/// A match that may be shown. Greater is better; documents are numbered in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub doc: DocId,
    pub score: Score,
    pub lifted: bool,
    /// Whether the query is the document's title.
    pub exact: bool,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.exact
            .cmp(&other.exact)
            .then(self.score.total_cmp(&other.score))
            .then(other.doc.cmp(&self.doc))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// Counts by term of a column.
pub(super) struct Counts<'a> {
    column: &'a StrColumn,
    by_ordinal: Vec<usize>,
}

impl<'a> Counts<'a> {
    fn new(column: &'a StrColumn) -> Self {
        Self {
            column,
            by_ordinal: vec![0; column.num_terms()],
        }
    }

    /// Counts `doc`'s terms; says whether one of them is in `marked`.
    fn add(&mut self, doc: DocId, marked: &[u64]) -> bool {
        let mut hit = false;
        for ordinal in self.column.term_ords(doc) {
            if let Some(count) = usize::try_from(ordinal)
                .ok()
                .and_then(|at| self.by_ordinal.get_mut(at))
            {
                *count += 1;
            }
            hit |= marked.contains(&ordinal);
        }
        hit
    }

    /// The terms that were counted.
    pub fn by_term(&self) -> io::Result<BTreeMap<String, usize>> {
        let mut terms = BTreeMap::new();
        for (ordinal, count) in (0_u64..).zip(&self.by_ordinal) {
            let mut term = String::new();
            if *count > 0 && self.column.ord_to_str(ordinal, &mut term)? {
                terms.insert(term, *count);
            }
        }
        Ok(terms)
    }
}

/// What a search looks for besides the words.
pub(super) struct Wishes<'a> {
    /// How many candidates to keep.
    pub limit: usize,
    /// Ordinals of the supporter's topics.
    pub interests: &'a [u64],
    /// Documents whose title is the query.
    pub exact: &'a [DocId],
}

/// The running result of a search.
pub(super) struct Tally<'a> {
    wishes: Wishes<'a>,
    best: BinaryHeap<std::cmp::Reverse<Candidate>>,
    top_score: Score,
    /// Number of matches.
    pub total: usize,
    /// Matches by kind.
    pub kinds: Counts<'a>,
    /// Matches by topic.
    pub topics: Counts<'a>,
}

impl<'a> Tally<'a> {
    pub fn new(wishes: Wishes<'a>, kinds: &'a StrColumn, topics: &'a StrColumn) -> Self {
        Self {
            wishes,
            best: BinaryHeap::new(),
            top_score: 0.0,
            total: 0,
            kinds: Counts::new(kinds),
            topics: Counts::new(topics),
        }
    }

    /// Takes one match.
    pub fn add(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        self.kinds.add(doc, &[]);
        let lifted = self.topics.add(doc, self.wishes.interests);
        let score = if lifted { score * LIFT } else { score };
        self.top_score = self.top_score.max(score);
        let exact = self.wishes.exact.contains(&doc);
        self.best.push(std::cmp::Reverse(Candidate {
            doc,
            score,
            lifted,
            exact,
        }));
        if self.best.len() > self.wishes.limit {
            self.best.pop();
        }
    }

    /// The best candidates, best first. An exact title scores above all other matches.
    pub fn best(&self) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = self.best.iter().map(|candidate| candidate.0).collect();
        best.sort_by(|a, b| b.cmp(a));
        for candidate in &mut best {
            if candidate.exact {
                candidate.score += self.top_score;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(doc: DocId, score: Score, exact: bool) -> Candidate {
        Candidate {
            doc,
            score,
            lifted: false,
            exact,
        }
    }

    #[test]
    fn exact_titles_come_first_then_scores_then_ids() {
        let mut candidates = [
            candidate(3, 1.0, false),
            candidate(2, 1.0, false),
            candidate(1, 9.0, false),
            candidate(7, 0.1, true),
        ];
        candidates.sort_by(|a, b| b.cmp(a));
        assert_eq!(candidates.map(|candidate| candidate.doc), [7, 1, 2, 3]);
    }
}
