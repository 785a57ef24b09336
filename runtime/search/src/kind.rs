//! The kinds of content.

use serde::Serialize;

/// What a piece of content is; the words are those of the HTTP contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentKind {
    /// A knowledge article.
    Article,
    /// The summary of a research paper.
    Paper,
}

impl ContentKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Article, Self::Paper];

    /// The word in front matter, in the index and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Paper => "paper",
        }
    }

    /// The kind called `word`, if there is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_contract() {
        assert_eq!(
            ContentKind::ALL.map(ContentKind::as_str),
            contract::schema::CONTENT_KINDS
        );
    }

    #[test]
    fn json_uses_the_same_words() {
        for kind in ContentKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
