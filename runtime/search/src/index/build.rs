//! Builds the index: the same documents give the same bytes, wherever and in whatever order.
//!
//! It is made in memory as one segment, documents by id. tantivy names segments at random, so the
//! segment gets its content's hash for a name; what tantivy keeps for itself (its list of files)
//! is left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, RamDirectory};
use tantivy::index::SegmentId;
use tantivy::schema::Schema;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, TantivyDocument, TantivyError};

use super::schema::{Fields, schema, tokenizers};
use crate::content::{Document, plain_text};
use crate::text::title_key;

/// The files of an index by name; all in one folder.
pub type IndexFiles = BTreeMap<String, Vec<u8>>;

/// Initial size of the writer's table; it grows as needed.
const MEMORY_BYTES: usize = 16 * 1024 * 1024;

const META: &str = "meta.json";

/// Why an index was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is nothing to index.
    #[error("there are no documents to index")]
    Empty,
    /// tantivy failed.
    #[error("the index was not built")]
    Index(#[from] TantivyError),
    /// A file that tantivy made was not read back.
    #[error("the built index was not read back")]
    Read(#[from] OpenReadError),
    /// tantivy's description of the index was not written.
    #[error("the index's description was not written")]
    Describe(#[from] serde_json::Error),
    /// A part of the index has a name that is not `<segment>.<part>`.
    #[error("the index has an unexpected file {0:?}")]
    Name(PathBuf),
}

/// The index of `documents`, whose ids must be unique.
///
/// # Errors
/// Where there are no documents, or tantivy fails.
pub fn build(documents: &[Document]) -> Result<IndexFiles, BuildError> {
    if documents.is_empty() {
        return Err(BuildError::Empty);
    }
    let mut sorted: Vec<&Document> = documents.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let (schema, fields) = schema();
    let directory = RamDirectory::create();
    let index = write_segment(&directory, schema, fields, &sorted)?;
    let parts = read_parts(&index, &directory)?;
    name_by_content(&index, parts)
}

fn write_segment(
    directory: &RamDirectory,
    schema: Schema,
    fields: Fields,
    documents: &[&Document],
) -> Result<Index, TantivyError> {
    // Summaries are short and few are read at a time: not worth a decompressor in the function.
    let settings = IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    let mut writer = Index::builder()
        .schema(schema)
        .settings(settings)
        .tokenizers(tokenizers())
        .single_segment_index_writer(directory.clone(), MEMORY_BYTES)?;
    for document in documents {
        writer.add_document(indexed(fields, document))?;
    }
    writer.finalize()
}

fn indexed(fields: Fields, document: &Document) -> TantivyDocument {
    let mut indexed = TantivyDocument::default();
    indexed.add_text(fields.id, document.id.as_str());
    indexed.add_text(fields.kind, document.kind.as_str());
    indexed.add_text(fields.url, &document.url);
    indexed.add_text(fields.title, &document.title);
    indexed.add_text(fields.title_key, title_key(&document.title));
    for topic in &document.topics {
        indexed.add_text(fields.topics, topic);
        indexed.add_text(fields.topic, topic);
    }
    indexed.add_text(fields.summary, &document.summary);
    let body = plain_text(&document.body);
    let authors = document.paper.iter().flat_map(|paper| &paper.authors);
    let texts = [&document.title, &document.summary, &body].into_iter();
    for text in texts.chain(&document.topics).chain(authors.clone()) {
        indexed.add_text(fields.words, text);
    }
    indexed.add_text(fields.body, &body);
    for author in authors {
        indexed.add_text(fields.body, author);
    }
    indexed
}

/// The segment's files by extension, as they are on disk.
fn read_parts(index: &Index, directory: &RamDirectory) -> Result<IndexFiles, BuildError> {
    let mut parts = IndexFiles::new();
    for path in index.load_metas()?.list_segment_files() {
        if directory.exists(&path)? {
            let part = path.extension().and_then(|end| end.to_str());
            let part = part
                .ok_or_else(|| BuildError::Name(path.clone()))?
                .to_owned();
            parts.insert(part, directory.atomic_read(&path)?);
        }
    }
    Ok(parts)
}

/// Names each part `<hash of all parts>.<part>` and describes the index accordingly.
fn name_by_content(index: &Index, parts: IndexFiles) -> Result<IndexFiles, BuildError> {
    let mut hash = Sha256::new();
    for (part, bytes) in &parts {
        hash.update(format!("{part} {}\n", bytes.len()));
        hash.update(bytes);
    }
    let digest = hash.finalize();
    let id = digest
        .iter()
        .take(16)
        .fold(0_u128, |id, byte| (id << 8) | u128::from(*byte));
    let name = format!("{id:032x}");
    let segment = SegmentId::from_uuid_string(&name)
        .map_err(|_| BuildError::Name(Path::new(&name).to_owned()))?;
    let mut meta = index.load_metas()?;
    let documents = meta
        .segments
        .iter()
        .map(tantivy::SegmentMeta::max_doc)
        .sum();
    meta.segments = vec![index.new_segment_meta(segment, documents)];
    let mut files: IndexFiles = parts
        .into_iter()
        .map(|(part, bytes)| (format!("{name}.{part}"), bytes))
        .collect();
    let mut description = serde_json::to_vec_pretty(&meta)?;
    description.push(b'\n');
    files.insert(META.to_owned(), description);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::read_folder;

    fn content() -> Vec<Document> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
        read_folder(&folder).unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn order_of_documents_makes_no_difference() {
        let mut documents = content();
        let first = build(&documents).unwrap();
        documents.reverse();
        assert_eq!(build(&documents).unwrap(), first);
        documents.pop();
        assert_ne!(build(&documents).unwrap(), first);
    }

    #[test]
    fn one_segment_named_by_its_content_and_nothing_random() {
        let files = build(&content()).unwrap();
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        let (segment, _) = names[0].split_once('.').unwrap();
        for name in &names {
            assert!(*name == META || name.starts_with(segment), "{names:?}");
        }
        let meta: serde_json::Value = serde_json::from_slice(&files[META]).unwrap();
        assert_eq!(meta["segments"].as_array().unwrap().len(), 1);
        assert_eq!(meta["opstamp"], 0);
    }

    #[test]
    fn no_documents_no_index() {
        assert!(matches!(build(&[]), Err(BuildError::Empty)));
    }
}
