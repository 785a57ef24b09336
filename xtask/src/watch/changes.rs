//! Which functions a changed file is about.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use contract::Function;

use crate::digest::sha256;
use crate::workspace::Workspace;

/// What is watched, in the workspace.
pub(super) const FOLDERS: [&str; 3] = ["runtime/src", "runtime/contract/src", "runtime/search/src"];

/// The functions whose code a file of the workspace is in: its own, where it is one handler's or
/// one main's, else all; none where it is no source.
pub(super) fn affected(path: &Path) -> Vec<Function> {
    if path.extension() != Some(OsStr::new("rs")) {
        return Vec::new();
    }
    if is_test(path) {
        return Vec::new();
    }
    let own = ["runtime/src/bin", "runtime/src/handlers"]
        .iter()
        .find_map(|folder| path.strip_prefix(folder).ok())
        .and_then(|rest| rest.components().next())
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let Some(own) = own else {
        return Function::ALL.into();
    };
    let name = own.trim_end_matches(".rs").replace('_', "-");
    match Function::from_name(&name) {
        Some(function) => vec![function],
        None => Function::ALL.into(),
    }
}

/// A file of unit tests, or in a folder of them.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs")
    })
}

/// What the watched files held when they were last looked at: a save that changes nothing, and a
/// touch, build nothing.
pub(super) struct Contents(BTreeMap<PathBuf, String>);

impl Contents {
    /// Of all that is watched.
    pub(super) fn read(workspace: &Workspace) -> Self {
        let mut contents = BTreeMap::new();
        for folder in FOLDERS {
            collect(&workspace.root.join(folder), &mut contents);
        }
        Self(contents)
    }

    /// Those of `paths` whose content is another than before.
    pub(super) fn changed(&mut self, paths: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let changed = paths.iter().filter(|path| {
            let now = digest(path);
            match now {
                Some(now) => self.0.insert((*path).clone(), now.clone()) != Some(now),
                None => self.0.remove(*path).is_some(),
            }
        });
        changed.cloned().collect()
    }
}

/// Folders that cannot be read hold nothing that could be built.
fn collect(folder: &Path, contents: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, contents);
        } else if let Some(digest) = digest(&path) {
            contents.insert(path, digest);
        }
    }
}

fn digest(path: &Path) -> Option<String> {
    fs::read(path).ok().map(|bytes| sha256(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Vec<Function> {
        affected(Path::new(path))
    }

    #[test]
    fn a_handler_and_a_main_are_their_own_functions() {
        assert_eq!(
            of("runtime/src/handlers/get_profile.rs"),
            [Function::GetProfile]
        );
        assert_eq!(of("runtime/src/bin/ws-message.rs"), [Function::WsMessage]);
        assert_eq!(
            of("runtime/src/handlers/search/rank.rs"),
            [Function::Search]
        );
    }

    #[test]
    fn what_is_shared_is_in_all_functions_and_tests_are_in_none() {
        assert_eq!(of("runtime/src/handlers/respond.rs"), Function::ALL);
        assert_eq!(of("runtime/src/domain/prompt.rs"), Function::ALL);
        assert_eq!(of("runtime/contract/src/limits.rs"), Function::ALL);
        assert!(of("runtime/src/handlers/search_tests.rs").is_empty());
        assert!(of("runtime/src/handlers/ws_message/tests/streams.rs").is_empty());
        assert!(of("runtime/src/domain/prompt/tests.rs").is_empty());
        assert!(of("runtime/src/handlers/.search.rs.swp").is_empty());
        assert!(of("runtime/src").is_empty());
    }

    #[test]
    fn every_function_has_a_handler_that_is_its_own() {
        for function in Function::ALL {
            let name = function.name().replace('-', "_");
            let files = [".rs", "/mod.rs"].map(|end| format!("runtime/src/handlers/{name}{end}"));
            let found = files
                .iter()
                .find(|file| Path::new("..").join(file).exists());
            let file = found.unwrap_or_else(|| panic!("neither of {files:?}"));
            assert_eq!(of(file), [function]);
        }
    }

    #[test]
    fn a_save_without_a_change_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.rs");
        fs::write(&path, "one").unwrap();
        let paths = BTreeSet::from([path.clone()]);
        let mut contents = Contents(BTreeMap::new());
        assert_eq!(contents.changed(&paths).len(), 1);
        fs::write(&path, "one").unwrap();
        assert!(contents.changed(&paths).is_empty());
        fs::write(&path, "two").unwrap();
        assert_eq!(contents.changed(&paths).len(), 1);
        fs::remove_file(&path).unwrap();
        assert_eq!(contents.changed(&paths).len(), 1);
        assert!(contents.changed(&paths).is_empty());
    }
}
