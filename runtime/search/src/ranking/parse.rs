//! A query's text as words to look for.

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

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its English stem: what the index holds.
    pub stem: String,
}

/// The words to look for, in the order of the text, none twice; none for a text without words.
pub(super) fn parse(text: &str) -> Vec<Word> {
    let all = words(text);
    let meaningful: Vec<&String> = all
        .iter()
        .filter(|word| !FUNCTION_WORDS.contains(&word.as_str()))
        .collect();
    let chosen = if meaningful.is_empty() {
        all.iter().collect()
    } else {
        meaningful
    };
    let mut stemmer = stemmer();
    let mut seen = BTreeSet::new();
    let mut parsed = Vec::with_capacity(chosen.len());
    for word in chosen {
        stemmer.token_stream(word).process(&mut |token| {
            if seen.insert(token.text.clone()) {
                parsed.push(Word {
                    stem: token.text.clone(),
                });
            }
        });
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        parse(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn stems_come_once_and_in_order() {
        assert_eq!(
            stems("Screened, screening: RUNNING screens"),
            ["screen", "run"]
        );
    }

    #[test]
    fn function_words_count_only_where_nothing_else_is_there() {
        assert_eq!(stems("how do I stop smoking?"), ["stop", "smoke"]);
        assert_eq!(stems("To be or not to be"), ["to", "be", "or", "not"]);
    }

    #[test]
    fn text_without_words_has_none() {
        assert!(parse(" \t\n").is_empty());
        assert!(parse("\"' +-&|!(){}[]^~*?:\\ 🎗️").is_empty());
    }

    #[test]
    fn function_words_are_sorted_and_as_words_come() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert_eq!(words(&FUNCTION_WORDS.join(" ")), FUNCTION_WORDS);
    }
}
