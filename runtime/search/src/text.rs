//! How text becomes words: the same way when it is indexed, asked for and highlighted.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream,
    Tokenizer,
};

/// Words in lower case, without accents, each cut to its English stem.
pub(crate) fn stemmer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmed)
        .build()
}

/// Words in lower case, without accents.
pub(crate) fn folder() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The English stem of a word in lower case.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    Stemmer::new(Algorithm::English).stem(word)
}

/// Cuts each word to its stem. tantivy's own filter would bring eighteen languages along.
struct Stemmed;

impl TokenFilter for Stemmed {
    type Tokenizer<T: Tokenizer> = StemmedTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> Self::Tokenizer<T> {
        StemmedTokenizer(tokenizer)
    }
}

#[derive(Clone)]
struct StemmedTokenizer<T>(T);

impl<T: Tokenizer> Tokenizer for StemmedTokenizer<T> {
    type TokenStream<'a> = Stems<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Stems(self.0.token_stream(text))
    }
}

struct Stems<S>(S);

impl<S: TokenStream> TokenStream for Stems<S> {
    fn advance(&mut self) -> bool {
        if !self.0.advance() {
            return false;
        }
        let token = self.0.token_mut();
        token.text = stem(&token.text).into_owned();
        true
    }

    fn token(&self) -> &Token {
        self.0.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.0.token_mut()
    }
}

/// The words of `text`, in lower case and without accents, in order.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    folder()
        .token_stream(text)
        .process(&mut |token| words.push(token.text.clone()));
    words
}

/// What two titles share that differ only in case, accents, blanks or punctuation.
pub(crate) fn title_key(title: &str) -> String {
    words(title).join(" ")
}

/// A topic as it is kept: lower case, with one blank for any run of blanks, `-` or `_`.
pub fn normalise_topic(topic: &str) -> String {
    let parts: Vec<String> = topic
        .split(|c: char| c.is_whitespace() || c == '-' || c == '_')
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        assert_eq!(
            words("Café \"BRCA1\" — (naïve)"),
            ["cafe", "brca1", "naive"]
        );
        assert_eq!(title_key("Quit, smoking!"), title_key("quit  SMOKING"));
    }

    #[test]
    fn topics_are_compared_without_case_and_hyphens() {
        assert_eq!(normalise_topic("  Bowel-Cancer "), "bowel cancer");
        assert_eq!(
            normalise_topic("bowel_cancer"),
            normalise_topic("Bowel  Cancer")
        );
        assert_eq!(normalise_topic(" - "), "");
    }
}
