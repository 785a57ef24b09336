//! What the fields of the index say of a word: in which documents it is, and how strongly.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, Term};

use super::{Error, Weights};
use crate::index::Fields;

/// Number of lengths that tantivy tells apart.
const LENGTHS: usize = 256;

/// The strength of a word, or of several taken for one, in each document.
pub(super) struct Strengths {
    /// By document; zero where there is none.
    pub by_doc: Vec<f32>,
    /// The documents that are not zero, in no particular order.
    pub docs: Vec<DocId>,
}

impl Strengths {
    pub fn new(documents: usize) -> Self {
        Self {
            by_doc: vec![0.0; documents],
            docs: Vec::new(),
        }
    }

    fn add(&mut self, doc: DocId, strength: f32) {
        if let Some(there) = self.by_doc.get_mut(doc as usize) {
            if *there == 0.0 {
                self.docs.push(doc);
            }
            *there += strength;
        }
    }

    /// Makes all zero again.
    pub fn clear(&mut self) {
        for doc in self.docs.drain(..) {
            if let Some(strength) = self.by_doc.get_mut(doc as usize) {
                *strength = 0.0;
            }
        }
    }
}

/// One field: a word in it counts by the field's weight, and less the longer it is.
struct TextField {
    field: Field,
    reader: Arc<InvertedIndexReader>,
    lengths: FieldNormReader,
    by_length: [f32; LENGTHS],
}

impl TextField {
    fn open(
        segment: &SegmentReader,
        field: Field,
        weight: f32,
        length: f32,
    ) -> Result<Self, Error> {
        let reader = segment.inverted_index(field)?;
        let documents = f64::from(segment.max_doc().max(1));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a mean does not need the last digit"
        )]
        let mean = (reader.total_num_tokens() as f64 / documents).max(1.0);
        let mut by_length = [weight; LENGTHS];
        for (id, scale) in (0..=u8::MAX).zip(&mut by_length) {
            let ratio = f64::from(FieldNormReader::id_to_fieldnorm(id)) / mean;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "scores are single precision"
            )]
            let ratio = ratio as f32;
            *scale = weight / (1.0 - length + length * ratio);
        }
        Ok(Self {
            field,
            reader,
            lengths: segment.get_fieldnorms_reader(field)?,
            by_length,
        })
    }

    fn scale(&self, doc: DocId) -> f32 {
        let id = self.lengths.fieldnorm_id(doc);
        self.by_length.get(usize::from(id)).copied().unwrap_or(0.0)
    }

    fn add_stem(&self, stem: &str, strengths: &mut Strengths) -> Result<(), Error> {
        let term = Term::from_field_text(self.field, stem);
        let option = IndexRecordOption::WithFreqs;
        let Some(mut block) = self.reader.read_block_postings(&term, option)? else {
            return Ok(());
        };
        while block.block_len() > 0 {
            for (doc, count) in block.docs().iter().zip(block.freqs()) {
                #[expect(clippy::cast_precision_loss, reason = "counts are small")]
                let count = *count as f32;
                strengths.add(*doc, count * self.scale(*doc));
            }
            block.advance();
        }
        Ok(())
    }

    fn add_phrase(
        &self,
        searcher: &Searcher,
        stems: &[String],
        strengths: &mut Strengths,
    ) -> Result<(), Error> {
        let term = |stem: &String| Term::from_field_text(self.field, stem);
        let query = PhraseQuery::new(stems.iter().map(term).collect());
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        for segment in searcher.segment_readers() {
            weight.for_each_no_score(segment, &mut |docs| {
                for doc in docs {
                    strengths.add(*doc, self.scale(*doc));
                }
            })?;
        }
        Ok(())
    }
}

/// The fields that are searched.
pub(super) struct TextFields([TextField; 4]);

impl TextFields {
    pub fn open(segment: &SegmentReader, fields: Fields, weights: &Weights) -> Result<Self, Error> {
        let open = |field, weight| TextField::open(segment, field, weight, weights.length);
        Ok(Self([
            open(fields.title, weights.title)?,
            open(fields.topics, weights.topics)?,
            open(fields.summary, weights.summary)?,
            open(fields.body, weights.body)?,
        ]))
    }

    /// Adds where any of `stems` is, as though they were one word.
    pub fn add_stems(&self, stems: &[String], strengths: &mut Strengths) -> Result<(), Error> {
        for field in &self.0 {
            for stem in stems {
                field.add_stem(stem, strengths)?;
            }
        }
        Ok(())
    }

    /// Adds where `stems` follow each other.
    pub fn add_phrase(
        &self,
        searcher: &Searcher,
        stems: &[String],
        strengths: &mut Strengths,
    ) -> Result<(), Error> {
        match stems {
            [] => Ok(()),
            [_] => self.add_stems(stems, strengths),
            _ => self
                .0
                .iter()
                .try_for_each(|field| field.add_phrase(searcher, stems, strengths)),
        }
    }
}
