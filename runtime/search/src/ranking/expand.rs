//! Which words of the index may be meant by one that it does not have as it is.

use std::collections::BTreeSet;

use tantivy::Term;
use tantivy::index::InvertedIndexReader;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use super::Error;
use crate::text::stemmer;

/// At most so many words are meant by one, the most frequent.
const MEANT_MAX: usize = 24;

/// At most so many documents have them, all counted, so that one letter of a word that is not
/// finished does not take longer than a question.
const MEANT_DOCUMENTS_MAX: u32 = 100_000;

/// Words of up to so many letters are taken as they are typed.
const TYPO_MIN_LETTERS: usize = 5;

/// From so many letters on, two slips are forgiven where one is not enough.
const TWO_TYPOS_MIN_LETTERS: usize = 8;

/// The index's words as they are written, not their stems.
pub(super) struct Vocabulary<'a> {
    pub reader: &'a InvertedIndexReader,
    pub field: Field,
}

impl Vocabulary<'_> {
    /// Stems of the words that begin with `text`.
    pub fn beginning(&self, text: &str) -> Result<Vec<String>, Error> {
        // No word holds a character of the last plane, which is for private use.
        let end = format!("{text}\u{10ffff}");
        let range = self.reader.terms().range().ge(text).lt(end);
        let mut stream = range.into_stream()?;
        let mut found = Vec::new();
        while let Some((word, info)) = stream.next() {
            if word != text.as_bytes() {
                found.push((info.doc_freq, word.to_vec()));
            }
        }
        Ok(stems(found))
    }

    /// Stems of the words that `text` is likely a slip of: those with one letter more, less, other
    /// or swapped; for a longer word without any, those with two, if the first letter is right.
    pub fn like(&self, text: &str) -> Result<Vec<String>, Error> {
        let letters = text.chars().count();
        if letters < TYPO_MIN_LETTERS {
            return Ok(Vec::new());
        }
        let one = self.within(text, 1)?;
        if !one.is_empty() || letters < TWO_TYPOS_MIN_LETTERS {
            return Ok(stems(one));
        }
        let mut two = self.within(text, 2)?;
        let first = text.chars().next().map(|first| first.to_string());
        let first = first.unwrap_or_default();
        two.retain(|(_, word)| word.starts_with(first.as_bytes()));
        Ok(stems(two))
    }

    fn within(&self, text: &str, distance: u8) -> Result<Vec<Counted>, Error> {
        let term = Term::from_field_text(self.field, text);
        let automaton = FuzzyTermQuery::new(term, distance, true).automaton()?;
        let mut stream = self.reader.terms().search(automaton).into_stream()?;
        let mut found = Vec::new();
        while let Some((word, info)) = stream.next() {
            found.push((info.doc_freq, word.to_vec()));
        }
        Ok(found)
    }
}

/// A word and how many documents have it.
type Counted = (u32, Vec<u8>);

/// The stems of the most frequent, none twice; the order does not depend on anything else.
fn stems(mut found: Vec<Counted>) -> Vec<String> {
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut stems = BTreeSet::new();
    let mut stemmer = stemmer();
    let mut left = MEANT_DOCUMENTS_MAX;
    for (documents, word) in found.iter().take(MEANT_MAX) {
        let Some(rest) = left.checked_sub(*documents) else {
            continue;
        };
        left = rest;
        let word = String::from_utf8_lossy(word);
        stemmer.token_stream(&word).process(&mut |token| {
            stems.insert(token.text.clone());
        });
    }
    stems.into_iter().collect()
}
