//! Adds up what a query's words and phrases are worth in each document (BM25 over weighted fields).

use tantivy::{DocId, Searcher};

use super::expand::Vocabulary;
use super::fields::{Strengths, TextFields};
use super::parse::{Asked, Word};
use super::{Error, Weights};

/// The worth of each document for a query.
pub(super) struct Scores {
    by_doc: Vec<Worth>,
    /// Stems that were looked for, those that are likely meant too.
    pub stems: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Worth {
    score: f32,
    /// The last word or phrase that was found, counted from 1.
    last: u16,
    /// How many phrases were found.
    phrases: u16,
    /// Whether some word is there as it was typed.
    exact: bool,
}

/// A document that matches.
pub(super) struct Match {
    pub doc: DocId,
    pub score: f32,
    /// Whether some word is there as it was typed, and not only what is likely meant.
    pub exact: bool,
}

/// What the words of one query are looked up with.
pub(super) struct Lookup<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a TextFields,
    pub vocabulary: Vocabulary<'a>,
    pub weights: &'a Weights,
}

/// How a word was found.
#[derive(Clone, Copy)]
struct Found {
    number: u16,
    factor: f32,
    exact: bool,
}

impl Scores {
    /// Looks up all that is `asked`.
    pub fn of(asked: &Asked, lookup: &Lookup<'_>) -> Result<Self, Error> {
        let documents = usize::try_from(lookup.searcher.num_docs()).unwrap_or(usize::MAX);
        let mut scores = Self {
            by_doc: vec![Worth::default(); documents],
            stems: Vec::new(),
        };
        let mut strengths = Strengths::new(documents);
        let mut number = 0;
        for phrase in &asked.phrases {
            number += 1;
            scores.add_phrase(phrase, number, lookup, &mut strengths)?;
        }
        for word in &asked.words {
            number += 1;
            scores.add_word(word, number, lookup, &mut strengths)?;
        }
        let wanted = asked.phrases.len();
        scores.by_doc.iter_mut().for_each(|worth| {
            if usize::from(worth.phrases) < wanted {
                worth.score = 0.0;
            }
        });
        Ok(scores)
    }

    fn add_phrase(
        &mut self,
        phrase: &[String],
        number: u16,
        lookup: &Lookup<'_>,
        strengths: &mut Strengths,
    ) -> Result<(), Error> {
        lookup
            .fields
            .add_phrase(lookup.searcher, phrase, strengths)?;
        for doc in &strengths.docs {
            if let Some(worth) = self.by_doc.get_mut(*doc as usize) {
                worth.phrases += 1;
            }
        }
        let found = Found {
            number,
            factor: lookup.weights.phrase,
            exact: true,
        };
        self.take(strengths, lookup.weights, found);
        self.stems.extend_from_slice(phrase);
        Ok(())
    }

    /// A word as it is; then what it may be the beginning of; where there is neither, what it may
    /// be a slip of.
    fn add_word(
        &mut self,
        word: &Word,
        number: u16,
        lookup: &Lookup<'_>,
        strengths: &mut Strengths,
    ) -> Result<(), Error> {
        let weights = lookup.weights;
        let found = |factor, exact| Found {
            number,
            factor,
            exact,
        };
        let itself = vec![word.stem.clone()];
        let mut any = self.add(itself, found(1.0, true), lookup, strengths)?;
        if word.open {
            let mut meant = lookup.vocabulary.beginning(&word.text)?;
            meant.retain(|stem| *stem != word.stem);
            any |= self.add(meant, found(weights.prefix, true), lookup, strengths)?;
        }
        if !any {
            let meant = lookup.vocabulary.like(&word.text)?;
            self.add(meant, found(weights.typo, false), lookup, strengths)?;
        }
        Ok(())
    }

    /// Whether any of `stems` is anywhere.
    fn add(
        &mut self,
        stems: Vec<String>,
        found: Found,
        lookup: &Lookup<'_>,
        strengths: &mut Strengths,
    ) -> Result<bool, Error> {
        lookup.fields.add_stems(&stems, strengths)?;
        let any = !strengths.docs.is_empty();
        self.take(strengths, lookup.weights, found);
        self.stems.extend(stems);
        Ok(any)
    }

    /// Takes `strengths` over, but for documents that have the same word already, and clears them.
    fn take(&mut self, strengths: &mut Strengths, weights: &Weights, found: Found) {
        let rarity = rarity(self.by_doc.len(), strengths.docs.len()) * found.factor;
        let k = weights.saturation;
        for doc in &strengths.docs {
            let at = *doc as usize;
            let (Some(worth), Some(strength)) = (self.by_doc.get_mut(at), strengths.by_doc.get(at))
            else {
                continue;
            };
            if worth.last != found.number {
                worth.score += rarity * strength * (k + 1.0) / (k + strength);
                worth.last = found.number;
                worth.exact |= found.exact;
            }
        }
        strengths.clear();
    }

    /// The documents that match, by number.
    pub fn matches(&self) -> impl Iterator<Item = Match> {
        (0..).zip(&self.by_doc).filter_map(|(doc, worth)| {
            (worth.score > 0.0).then_some(Match {
                doc,
                score: worth.score,
                exact: worth.exact,
            })
        })
    }
}

/// How much a word says that `with` of `all` documents have (BM25's inverse document frequency).
fn rarity(all: usize, with: usize) -> f32 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of documents, in a logarithm"
    )]
    let (all, with) = (all as f32, with as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}
