//! A query's text as words and phrases to look for.

use std::collections::BTreeSet;

use crate::text::{stemmer, words};

/// Words that carry no meaning in a question, left out where others are left.
const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "been", "before", "but", "by", "can", "could", "did", "do", "does", "during", "for", "from",
    "had", "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its",
    "ll", "m", "may", "me", "my", "no", "not", "of", "on", "or", "our", "re", "s", "she", "should",
    "so", "such", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "to", "us", "ve", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "why", "will", "with", "would", "you", "your",
];

/// More words than these do not make a question clearer, and would make an answer slow.
const WORDS_MAX: usize = 32;

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without accents.
    pub text: String,
    /// Its English stem: what the index holds.
    pub stem: String,
    /// Whether the person may still be typing it.
    pub open: bool,
}

/// What a query's text asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// In the order of the text, no stem twice.
    pub words: Vec<Word>,
    /// What stood in quotes, each as its stems: a match has all of them.
    pub phrases: Vec<Vec<String>>,
}

impl Asked {
    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }
}

/// What `text` asks for; nothing for a text without words. A quote that is not closed is a blank.
pub(super) fn parse(text: &str) -> Asked {
    let pieces: Vec<&str> = text.split(['"', '\u{201c}', '\u{201d}']).collect();
    let last = pieces.len() - 1;
    let mut plain = String::new();
    let mut phrases = Vec::new();
    for (position, piece) in pieces.iter().enumerate() {
        if position % 2 == 1 && position < last {
            phrases.push(stems(piece));
            plain.push(' ');
        } else {
            plain.push_str(piece);
            plain.push(' ');
        }
    }
    phrases.retain(|phrase| !phrase.is_empty());
    let open = text.ends_with(char::is_alphanumeric);
    Asked {
        words: meaningful(&plain, open, phrases.is_empty()),
        phrases,
    }
}

fn stems(text: &str) -> Vec<String> {
    let mut stems = Vec::new();
    let mut stemmer = stemmer();
    let mut stream = stemmer.token_stream(text);
    stream.process(&mut |token| {
        if stems.len() < WORDS_MAX {
            stems.push(token.text.clone());
        }
    });
    stems
}

/// The words of `text` but for function words; those too where there is nothing else at all.
fn meaningful(text: &str, open: bool, alone: bool) -> Vec<Word> {
    let all = words(text);
    let is_meaningful = |word: &&String| !FUNCTION_WORDS.contains(&word.as_str());
    let meaningful = all.iter().any(|word| is_meaningful(&word));
    let last = all.len().saturating_sub(1);
    let mut seen = BTreeSet::new();
    let mut parsed: Vec<Word> = Vec::new();
    for (position, word) in all.iter().enumerate() {
        let wanted = is_meaningful(&word) || (!meaningful && alone);
        let stem = stems(word).pop().unwrap_or_default();
        if wanted && parsed.len() < WORDS_MAX && seen.insert(stem.clone()) {
            parsed.push(Word {
                text: word.clone(),
                stem,
                open: open && position == last,
            });
        }
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems_of(text: &str) -> Vec<String> {
        parse(text)
            .words
            .into_iter()
            .map(|word| word.stem)
            .collect()
    }

    #[test]
    fn stems_come_once_and_in_order() {
        assert_eq!(
            stems_of("Screened, screening: RUNNING screens"),
            ["screen", "run"]
        );
    }

    #[test]
    fn function_words_count_only_where_nothing_else_is_there() {
        assert_eq!(stems_of("how do I stop smoking?"), ["stop", "smoke"]);
        assert_eq!(stems_of("To be or not to be"), ["to", "be", "or", "not"]);
        assert!(parse("the \"screening kit\"").words.is_empty());
    }

    #[test]
    fn text_without_words_has_none() {
        assert!(parse(" \t\n").is_empty());
        assert!(parse("\"' +-&|!(){}[]^~*?:\\ 🎗️").is_empty());
    }

    #[test]
    fn quotes_hold_phrases_and_one_alone_is_a_blank() {
        let asked = parse("help \"Early  Screening\" now “one two” \"\"");
        assert_eq!(asked.phrases, [vec!["earli", "screen"], vec!["one", "two"]]);
        assert_eq!(stems_of("help \"Early\" now"), ["help", "now"]);
        let asked = parse("help \"early screening");
        assert!(asked.phrases.is_empty());
        assert_eq!(asked.words.len(), 3);
    }

    #[test]
    fn only_a_last_word_that_nothing_follows_is_open() {
        let open = |text: &str| {
            let words = parse(text).words;
            words.iter().map(|word| word.open).collect::<Vec<_>>()
        };
        assert_eq!(open("bowel scree"), [false, true]);
        assert_eq!(open("bowel scree "), [false, false]);
        assert_eq!(open("bowel \"scree\""), [false]);
        assert_eq!(open("bowel for"), [false]);
    }

    #[test]
    fn a_long_query_is_cut() {
        let long: String =
            (0..200).fold(String::new(), |text, number| text + &format!("{number} "));
        assert_eq!(parse(&long).words.len(), WORDS_MAX);
    }

    #[test]
    fn function_words_are_sorted_and_as_words_come() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert_eq!(words(&FUNCTION_WORDS.join(" ")), FUNCTION_WORDS);
    }
}
