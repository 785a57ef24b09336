//! An opened index.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::directory::{Directory, MmapDirectory};
use tantivy::index::InvertedIndexReader;
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocId, DocSet, Index, IndexReader, ReloadPolicy, Searcher, TERMINATED,
    TantivyDocument, TantivyError, Term,
};

use super::columns::Column;
use super::expand::Vocabulary;
use super::fields::TextFields;
use super::highlight::highlights;
use super::parse::parse;
use super::scores::{Lookup, Scores};
use super::tally::{Candidate, Tally, Wishes};
use super::{Facets, Hit, Query, Results, Weights};
use crate::ContentKind;
use crate::index::{Fields, KIND, ReadOnly, TOPIC, schema};
use crate::text::{normalise_topic, title_key};

/// Why an index was not opened or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no index, or its files are damaged or not readable.
    #[error("the search index in {} cannot be opened", folder.display())]
    Open {
        /// Where it should be.
        folder: PathBuf,
        /// Why not.
        source: Box<TantivyError>,
    },
    /// It was built by a version with other fields.
    #[error("the search index in {} has other fields than this version; build it again", .0.display())]
    OtherVersion(PathBuf),
    /// An opened index could not be read.
    #[error("the search index cannot be read")]
    Read(#[from] TantivyError),
    /// An opened index could not be read.
    #[error("a file of the search index cannot be read")]
    File(#[from] io::Error),
    /// What was read does not make sense.
    #[error("the search index is damaged: {0}")]
    Damaged(&'static str),
}

/// An index that is ready for queries. Cheap to open: files are mapped, not read.
pub struct SearchIndex {
    reader: IndexReader,
    fields: Fields,
    texts: TextFields,
    words: Arc<InvertedIndexReader>,
    weights: Weights,
    kinds: Column,
    topics: Column,
}

impl SearchIndex {
    /// Opens the index in `folder`, which may be read-only: no file is written or locked.
    ///
    /// # Errors
    /// Where there is no index, or it was built by another version.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::open_weighted(folder, Weights::CHOSEN)
    }

    /// Opens the index in `folder` to rank with other weights than the chosen, to measure them.
    ///
    /// # Errors
    /// As [`SearchIndex::open`].
    pub fn open_weighted(folder: &Path, weights: Weights) -> Result<Self, Error> {
        let directory =
            MmapDirectory::open(folder).map_err(|error| opening(folder)(error.into()))?;
        Self::open_directory(folder, directory, weights)
    }

    fn open_directory(
        folder: &Path,
        directory: impl Directory + Clone,
        weights: Weights,
    ) -> Result<Self, Error> {
        let index = Index::open(ReadOnly(directory)).map_err(opening(folder))?;
        let (schema, fields) = schema();
        if index.schema() != schema {
            return Err(Error::OtherVersion(folder.to_owned()));
        }
        let reader: IndexReader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(opening(folder))?;
        let searcher = reader.searcher();
        let [segment] = searcher.segment_readers() else {
            return Err(Error::OtherVersion(folder.to_owned()));
        };
        let column = |name| -> Result<Column, Error> {
            let column = segment.fast_fields().str(name).map_err(opening(folder))?;
            let column = column.ok_or_else(|| Error::OtherVersion(folder.to_owned()))?;
            Ok(Column::read(&column, segment.max_doc())?)
        };
        Ok(Self {
            texts: TextFields::open(segment, fields, &weights)?,
            words: segment.inverted_index(fields.words)?,
            kinds: column(KIND)?,
            topics: column(TOPIC)?,
            reader,
            fields,
            weights,
        })
    }

    /// The number of documents.
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Finds and ranks what matches `query`.
    ///
    /// # Errors
    /// Only where the index cannot be read: any text is a valid query.
    pub fn search(&self, query: &Query<'_>) -> Result<Results, Error> {
        let asked = parse(query.text);
        if asked.is_empty() {
            return Ok(Results::default());
        }
        let searcher = self.reader.searcher();
        let scores = Scores::of(&asked, &self.lookup(&searcher))?;
        let titles = documents_with(&searcher, self.fields.title_key, &title_key(query.text))?;
        let interests: Vec<u32> = query
            .interests
            .iter()
            .filter_map(|interest| self.topics.ordinal(&normalise_topic(interest)))
            .collect();
        let kind = match query.kind.map(|kind| self.kinds.ordinal(kind.as_str())) {
            None => None,
            Some(Some(ordinal)) => Some(ordinal),
            // There is nothing of this kind.
            Some(None) => return Ok(Results::default()),
        };
        let wishes = Wishes {
            limit: query.limit,
            kind,
            interests: &interests,
            lift: self.weights.lift,
            titles: &titles,
        };
        let mut tally = Tally::new(wishes, &self.kinds, &self.topics);
        scores.matches().for_each(|found| tally.add(&found));
        self.results(&searcher, &tally, &scores.stems)
    }

    fn lookup<'a>(&'a self, searcher: &'a Searcher) -> Lookup<'a> {
        Lookup {
            searcher,
            fields: &self.texts,
            vocabulary: Vocabulary {
                reader: &self.words,
                field: self.fields.words,
            },
            weights: &self.weights,
        }
    }

    fn results(
        &self,
        searcher: &Searcher,
        tally: &Tally<'_>,
        stems: &[String],
    ) -> Result<Results, Error> {
        let best = tally.best();
        let hits = best
            .iter()
            .map(|candidate| self.hit(searcher, candidate, stems));
        Ok(Results {
            results: hits.collect::<Result<_, _>>()?,
            total: tally.total,
            facets: Facets {
                kind: tally.kinds(),
                topic: tally.topics(),
            },
        })
    }

    fn hit(&self, searcher: &Searcher, found: &Candidate, stems: &[String]) -> Result<Hit, Error> {
        let document: TantivyDocument = searcher.doc(DocAddress::new(0, found.doc))?;
        let text = |field| {
            let value = document.get_first(field).and_then(|value| value.as_str());
            value
                .map(str::to_owned)
                .ok_or(Error::Damaged("a document lacks a field"))
        };
        let kind = ContentKind::from_word(&text(self.fields.kind)?)
            .ok_or(Error::Damaged("a document has an unknown kind"))?;
        let summary = text(self.fields.summary)?;
        Ok(Hit {
            id: text(self.fields.id)?,
            kind,
            title: text(self.fields.title)?,
            highlights: highlights(&summary, stems),
            summary,
            url: text(self.fields.url)?,
            score: found.score,
            personalised: found.lifted,
        })
    }
}

fn opening(folder: &Path) -> impl Fn(TantivyError) -> Error {
    move |source| Error::Open {
        folder: folder.to_owned(),
        source: Box::new(source),
    }
}

/// The documents whose `field` is exactly `text`.
fn documents_with(searcher: &Searcher, field: Field, text: &str) -> Result<Vec<DocId>, Error> {
    let term = Term::from_field_text(field, text);
    let mut documents = Vec::new();
    for segment in searcher.segment_readers() {
        let postings = segment
            .inverted_index(field)?
            .read_postings(&term, IndexRecordOption::Basic)?;
        let Some(mut postings) = postings else {
            continue;
        };
        while postings.doc() != TERMINATED {
            documents.push(postings.doc());
            postings.advance();
        }
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
    use tantivy::directory::{
        DirectoryLock, FileHandle, Lock, WatchCallback, WatchHandle, WritePtr,
    };

    use super::*;
    use crate::content::read_folder;
    use crate::index::{build, replace_folder};

    /// Counts whatever would change the folder or need more than reading.
    #[derive(Clone, Debug)]
    struct Spy(MmapDirectory, Arc<AtomicUsize>);

    impl Spy {
        fn noted(&self) -> &MmapDirectory {
            self.1.fetch_add(1, Ordering::SeqCst);
            &self.0
        }
    }

    impl Directory for Spy {
        fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
            self.0.get_file_handle(path)
        }
        fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
            self.0.exists(path)
        }
        fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
            self.0.atomic_read(path)
        }
        fn delete(&self, path: &Path) -> Result<(), DeleteError> {
            self.noted().delete(path)
        }
        fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
            self.noted().open_write(path)
        }
        fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
            self.noted().atomic_write(path, data)
        }
        fn sync_directory(&self) -> io::Result<()> {
            self.noted().sync_directory()
        }
        fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
            self.noted().acquire_lock(lock)
        }
        fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
            self.noted().watch(callback)
        }
    }

    fn real_index() -> tempfile::TempDir {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index");
        replace_folder(&index, &build(&read_folder(&content).unwrap()).unwrap()).unwrap();
        folder
    }

    fn listing(folder: &Path) -> Vec<std::ffi::OsString> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_read_only_folder_is_opened_and_searched_without_writing() {
        let folder = real_index();
        let index = folder.path().join("index");
        let before = listing(&index);
        for name in &before {
            fs::set_permissions(index.join(name), fs::Permissions::from_mode(0o444)).unwrap();
        }
        fs::set_permissions(&index, fs::Permissions::from_mode(0o555)).unwrap();
        let writes = Arc::new(AtomicUsize::new(0));
        let spy = Spy(MmapDirectory::open(&index).unwrap(), Arc::clone(&writes));
        let opened = SearchIndex::open_directory(&index, spy, Weights::CHOSEN).unwrap();
        let query = Query {
            text: "screening",
            kind: None,
            limit: 1,
            interests: &[],
        };
        assert_eq!(opened.search(&query).unwrap().results.len(), 1);
        assert_eq!(
            writes.load(Ordering::SeqCst),
            0,
            "also holds where tests run as root"
        );
        assert!(SearchIndex::open(&index).is_ok());
        assert_eq!(listing(&index), before);
        // So that the folder can be removed.
        fs::set_permissions(&index, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn what_is_not_an_index_is_refused_with_its_folder() {
        let folder = real_index();
        let nowhere = SearchIndex::open(&folder.path().join("nowhere"))
            .err()
            .unwrap();
        assert!(matches!(nowhere, Error::Open { .. }));
        assert!(nowhere.to_string().contains("nowhere"));
        assert!(
            matches!(SearchIndex::open(folder.path()), Err(Error::Open { .. })),
            "empty"
        );
        let meta = folder.path().join("index/meta.json");
        let other = fs::read_to_string(&meta)
            .unwrap()
            .replace("title_key", "older_key");
        fs::write(&meta, other).unwrap();
        let index = folder.path().join("index");
        assert!(matches!(
            SearchIndex::open(&index),
            Err(Error::OtherVersion(_))
        ));
    }
}
