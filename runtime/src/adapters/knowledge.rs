//! The knowledge index in the function's package.

use std::env;
use std::path::{Path, PathBuf};

use contract::artifact::INDEX_DIR;
use search::{Query, Results, SearchIndex};

use crate::domain::causes::causes;
use crate::ports::{FindContent, Unavailable};

/// The opened index, or none: the function then answers that it failed, instead of not starting.
pub struct Knowledge(Option<SearchIndex>);

impl Knowledge {
    /// Opens the index beside the executable; logs where that fails.
    pub fn open() -> Self {
        Self::open_in(&package_folder().join(INDEX_DIR))
    }

    /// Opens the index in `folder`; logs where that fails.
    pub fn open_in(folder: &Path) -> Self {
        let index = SearchIndex::open(folder).inspect_err(|error| {
            tracing::error!(cause = causes(error), "the search index was not opened");
        });
        Self(index.ok())
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
            .0
            .as_ref()
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
        let found = Knowledge::open_in(&index).find(&QUERY).unwrap();
        assert_eq!((found.total, found.results[0].id.as_str()), (1, "a-1"));
    }

    #[test]
    fn a_missing_index_is_a_failed_search() {
        let folder = tempfile::tempdir().unwrap();
        let error = Knowledge::open_in(folder.path()).find(&QUERY).unwrap_err();
        assert_eq!(error.to_string(), "cannot search the index");
    }
}
