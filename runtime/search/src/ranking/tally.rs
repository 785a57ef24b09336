//! Goes over all matches once: counts them, and keeps the best.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use tantivy::{DocId, Score};

use super::columns::Column;
use super::scores::Match;

/// A match that may be shown. Greater is better; documents are numbered in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub doc: DocId,
    pub score: Score,
    pub lifted: bool,
    pub rank: Rank,
}

/// What no score can make up for, from bad to good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Only words that are likely meant were found.
    Guess,
    /// A word is there as it was typed.
    Found,
    /// The query is the document's title.
    Title,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank
            .cmp(&other.rank)
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
struct Counts<'a> {
    column: &'a Column,
    by_ordinal: Vec<usize>,
}

impl<'a> Counts<'a> {
    fn new(column: &'a Column) -> Self {
        Self {
            column,
            by_ordinal: vec![0; column.terms().len()],
        }
    }

    fn add(&mut self, ordinals: &[u32]) {
        for ordinal in ordinals {
            if let Some(count) = self.by_ordinal.get_mut(*ordinal as usize) {
                *count += 1;
            }
        }
    }

    /// The terms that were counted.
    fn by_term(&self) -> BTreeMap<String, usize> {
        let counted = self.column.terms().iter().zip(&self.by_ordinal);
        counted
            .filter(|(_, count)| **count > 0)
            .map(|(term, count)| (term.clone(), *count))
            .collect()
    }
}

/// What a search looks for besides the words.
pub(super) struct Wishes<'a> {
    /// How many candidates to keep.
    pub limit: usize,
    /// Ordinal of the kind to keep.
    pub kind: Option<u32>,
    /// Ordinals of the supporter's topics.
    pub interests: &'a [u32],
    /// How much a match with one of them is lifted.
    pub lift: Score,
    /// Documents whose title is the query.
    pub titles: &'a [DocId],
}

/// The running result of a search.
pub(super) struct Tally<'a> {
    wishes: Wishes<'a>,
    best: BinaryHeap<Reverse<Candidate>>,
    /// The highest score of all.
    top: Score,
    /// The highest score of guesses.
    top_guess: Score,
    /// The lowest score of what was found as typed.
    lowest_found: Score,
    /// Number of matches.
    pub total: usize,
    kinds: Counts<'a>,
    topics: Counts<'a>,
}

impl<'a> Tally<'a> {
    pub fn new(wishes: Wishes<'a>, kinds: &'a Column, topics: &'a Column) -> Self {
        Self {
            wishes,
            best: BinaryHeap::new(),
            top: 0.0,
            top_guess: 0.0,
            lowest_found: Score::INFINITY,
            total: 0,
            kinds: Counts::new(kinds),
            topics: Counts::new(topics),
        }
    }

    /// Takes one match.
    pub fn add(&mut self, found: &Match) {
        let kind = self.kinds.column.of(found.doc);
        if self.wishes.kind.is_some_and(|only| !kind.contains(&only)) {
            return;
        }
        let topics = self.topics.column.of(found.doc);
        self.total += 1;
        self.kinds.add(kind);
        self.topics.add(topics);
        let interests = self.wishes.interests;
        let lifted = !interests.is_empty() && topics.iter().any(|topic| interests.contains(topic));
        let factor = if lifted { self.wishes.lift } else { 1.0 };
        let score = found.score * factor;
        let rank = self.rank(found);
        self.top = self.top.max(score);
        if rank == Rank::Guess {
            self.top_guess = self.top_guess.max(score);
        } else {
            self.lowest_found = self.lowest_found.min(score);
        }
        self.keep(Candidate {
            doc: found.doc,
            score,
            lifted,
            rank,
        });
    }

    fn rank(&self, found: &Match) -> Rank {
        if self.wishes.titles.contains(&found.doc) {
            Rank::Title
        } else if found.exact {
            Rank::Found
        } else {
            Rank::Guess
        }
    }

    fn keep(&mut self, candidate: Candidate) {
        if self.best.len() < self.wishes.limit {
            self.best.push(Reverse(candidate));
        } else if let Some(mut worst) = self.best.peek_mut()
            && candidate > worst.0
        {
            *worst = Reverse(candidate);
        }
    }

    /// The best candidates, best first, with scores that never rise from one to the next.
    pub fn best(&self) -> Vec<Candidate> {
        let mut best: Vec<Candidate> = self.best.iter().map(|candidate| candidate.0).collect();
        best.sort_by(|a, b| b.cmp(a));
        for candidate in &mut best {
            match candidate.rank {
                Rank::Title => candidate.score += self.top,
                Rank::Guess if self.lowest_found.is_finite() => {
                    candidate.score *= self.lowest_found / (self.lowest_found + self.top_guess);
                }
                Rank::Found | Rank::Guess => {}
            }
        }
        best
    }

    /// Matches by kind.
    pub fn kinds(&self) -> BTreeMap<String, usize> {
        self.kinds.by_term()
    }

    /// Matches by topic.
    pub fn topics(&self) -> BTreeMap<String, usize> {
        self.topics.by_term()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(doc: DocId, score: Score, rank: Rank) -> Candidate {
        Candidate {
            doc,
            score,
            lifted: false,
            rank,
        }
    }

    #[test]
    fn titles_come_first_then_what_was_typed_then_scores_then_ids() {
        let mut candidates = [
            candidate(3, 1.0, Rank::Found),
            candidate(2, 1.0, Rank::Found),
            candidate(1, 9.0, Rank::Found),
            candidate(7, 0.1, Rank::Title),
            candidate(0, 99.0, Rank::Guess),
        ];
        candidates.sort_by(|a, b| b.cmp(a));
        assert_eq!(candidates.map(|candidate| candidate.doc), [7, 1, 2, 3, 0]);
    }
}
