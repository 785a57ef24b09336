//! Words to look for as a tantivy query: BM25 with a weight for each field.

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::parse::Word;
use crate::ContentKind;
use crate::index::Fields;

/// What a word in a title, a topic, the summary and the body weighs.
const TITLE: f32 = 4.0;
const TOPICS: f32 = 2.5;
const SUMMARY: f32 = 2.0;
const BODY: f32 = 1.0;

/// A word counts by its best field, and by this much of the others, so that a word repeated
/// everywhere does not outweigh a second word of the query.
const OTHER_FIELDS: f32 = 0.3;

/// Finds documents of `kind` with any of `words`; more and rarer words score higher.
pub(super) fn compile(fields: Fields, words: &[Word], kind: Option<ContentKind>) -> Box<dyn Query> {
    let matching = words.iter().map(|word| anywhere(fields, word)).collect();
    let matching: Box<dyn Query> = Box::new(BooleanQuery::union(matching));
    match kind {
        None => matching,
        Some(kind) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, matching),
            (
                Occur::Must,
                Box::new(ConstScoreQuery::new(
                    exactly(fields.kind, kind.as_str()),
                    0.0,
                )),
            ),
        ])),
    }
}

/// The word in any field.
fn anywhere(fields: Fields, word: &Word) -> Box<dyn Query> {
    let weighted = |(field, weight)| -> Box<dyn Query> {
        let term = Term::from_field_text(field, &word.stem);
        Box::new(BoostQuery::new(
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            weight,
        ))
    };
    let in_fields = [
        (fields.title, TITLE),
        (fields.topics, TOPICS),
        (fields.summary, SUMMARY),
        (fields.body, BODY),
    ];
    let in_fields = in_fields.map(weighted).into();
    Box::new(DisjunctionMaxQuery::with_tie_breaker(
        in_fields,
        OTHER_FIELDS,
    ))
}

fn exactly(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}
