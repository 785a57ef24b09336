//! The fields of the index.

use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

/// Name of the analyzer of all text that is searched ([`crate::text`]).
const STEMMED: &str = "stemmed_english";

/// Name of the analyzer of words as they are written.
const FOLDED: &str = "folded";

/// The column of each document's kind.
pub(crate) const KIND: &str = "kind";

/// The column of each document's topics, as they are counted.
pub(crate) const TOPIC: &str = "topic";

/// Handles of the fields, in the order of the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    pub id: Field,
    pub kind: Field,
    pub url: Field,
    pub title: Field,
    pub title_key: Field,
    pub topics: Field,
    pub topic: Field,
    pub summary: Field,
    pub body: Field,
    /// All words as they are written, for what is mistyped or not finished.
    pub words: Field,
}

/// The schema and its handles; the same on each call.
pub(crate) fn schema() -> (Schema, Fields) {
    // With positions, so that phrases can be found.
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(STEMMED)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let words = TextFieldIndexing::default()
        .set_tokenizer(FOLDED)
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let words = TextOptions::default().set_indexing_options(words);
    let column = TextOptions::default().set_fast("raw");
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_text_field("id", STORED),
        kind: builder.add_text_field(KIND, STRING | STORED | column.clone()),
        url: builder.add_text_field("url", STORED),
        title: builder.add_text_field("title", text.clone() | STORED),
        title_key: builder.add_text_field("title_key", STRING),
        topics: builder.add_text_field("topics", text.clone()),
        topic: builder.add_text_field(TOPIC, column),
        summary: builder.add_text_field("summary", text.clone() | STORED),
        body: builder.add_text_field("body", text),
        words: builder.add_text_field("words", words),
    };
    (builder.build(), fields)
}

/// The analyzers that the schema names.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(STEMMED, crate::text::stemmer());
    manager.register(FOLDED, crate::text::folder());
    manager
}
