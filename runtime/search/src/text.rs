//! How text becomes words: the same way when it is indexed, asked for and highlighted.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer,
};

/// Words in lower case, without accents, each cut to its English stem.
pub(crate) fn stemmer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// Words in lower case, without accents.
pub(crate) fn folder() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
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
