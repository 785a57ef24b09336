//! The knowledge index in the function's package.

use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

use contract::artifact::INDEX_DIR;
use search::{Query, Results, SearchIndex};

use crate::domain::causes::causes;
use crate::ports::{FindContent, Unavailable};

/// The index in a folder, opened with the first search: a cold start that needs none does not pay
/// for it. Where it does not open, searches fail, and the function still starts.
pub struct Knowledge {
    folder: PathBuf,
    opened: OnceLock<Option<SearchIndex>>,
}

impl Knowledge {
    /// The index beside the executable.
    pub fn packaged() -> Self {
        Self::in_folder(package_folder().join(INDEX_DIR))
    }

    /// The index in `folder`.
    pub const fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            opened: OnceLock::new(),
        }
    }

    fn index(&self) -> Option<&SearchIndex> {
        let open = || {
            let index = SearchIndex::open(&self.folder).inspect_err(|error| {
                tracing::error!(cause = causes(error), "the search index was not opened");
            });
            index.ok()
        };
        self.opened.get_or_init(open).as_ref()
    }
}

fn package_folder() -> PathBuf {
    let executable = || Some(env::current_exe().ok()?.parent()?.to_owned());
    env::var_os("LAMBDA_TASK_ROOT")
        .map(PathBuf::from)
        .or_else(executable)
        .unwrap_or_default()
}

impl FindContent for Knowledge {
    fn find(&self, query: &Query<'_>) -> Result<Results, Unavailable> {
        let failed = |source| Unavailable {
            what: "search the index",
            source,
        };
        let index = self
            .index()
            .ok_or_else(|| failed("it was not opened".into()))?;
        index.search(query).map_err(|error| failed(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use search::content::read_folder;
    use search::index::{build, replace_folder};

    use super::*;

    const ARTICLE: &str = "\
---
id: a-1
kind: article
title: Screening at home
summary: What the kit involves.
topics: [screening]
audience: [everyone]
published: 2026-01-12
url: https://www.example.org/a-1
sample: true
---

The text.
";

    const QUERY: Query<'static> = Query {
        text: "screening",
        kind: None,
        limit: 3,
        interests: &[],
    };

    #[test]
    fn a_packaged_index_is_searched() {
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("content");
        fs::create_dir(&content).unwrap();
        fs::write(content.join("a.md"), ARTICLE).unwrap();
        let index = folder.path().join(INDEX_DIR);
        let files = build(&read_folder(&content).unwrap()).unwrap();
        replace_folder(&index, &files).unwrap();
        let found = Knowledge::in_folder(index).find(&QUERY).unwrap();
        assert_eq!((found.total, found.results[0].id.as_str()), (1, "a-1"));
    }

    #[test]
    fn a_missing_index_is_a_failed_search() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = Knowledge::in_folder(folder.path().to_owned());
        let error = nowhere.find(&QUERY).unwrap_err();
        assert_eq!(error.to_string(), "cannot search the index");
    }
}
