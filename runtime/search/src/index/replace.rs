//! Puts an index where it belongs: whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use super::IndexFiles;

/// The file by which a folder is known to be an index.
const META: &str = "meta.json";

/// Why a folder was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The folder holds something else, which would be lost.
    #[error("{} holds something that is not an index; it was left as it is", .0.display())]
    NotAnIndex(PathBuf),
    /// A step failed; the old index, if there was one, is still there.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// The step.
        doing: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

fn failed<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> ReplaceError + 'a {
    move |source| ReplaceError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Makes `folder` hold exactly `files`: written beside it, then renamed into its place.
///
/// # Errors
/// Where `folder` exists and is neither empty nor an index, or a file operation fails.
pub fn replace_folder(folder: &Path, files: &IndexFiles) -> Result<(), ReplaceError> {
    let folder = std::path::absolute(folder).map_err(failed("resolve", folder))?;
    let exists = check(&folder)?;
    let parent = folder.parent().unwrap_or(&folder);
    fs::create_dir_all(parent).map_err(failed("create", parent))?;
    let new = Beside::new(&folder, "new")?;
    fs::create_dir(&new.0).map_err(failed("create", &new.0))?;
    for (name, bytes) in files {
        let path = new.0.join(name);
        fs::write(&path, bytes).map_err(failed("write", &path))?;
    }
    if !exists {
        return fs::rename(&new.0, &folder).map_err(failed("create", &folder));
    }
    let old = Beside::new(&folder, "old")?;
    fs::rename(&folder, &old.0).map_err(failed("move away", &folder))?;
    fs::rename(&new.0, &folder).map_err(|source| {
        // Best effort: the first failure is the one to tell.
        let _ = fs::rename(&old.0, &folder);
        failed("replace", &folder)(source)
    })
}

/// Whether `folder` exists; it must be ours to replace.
fn check(folder: &Path) -> Result<bool, ReplaceError> {
    let mut entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        entries => entries.map_err(failed("list", folder))?,
    };
    if entries.next().is_none() || folder.join(META).is_file() {
        Ok(true)
    } else {
        Err(ReplaceError::NotAnIndex(folder.to_owned()))
    }
}

/// A hidden folder beside another one, gone when dropped.
struct Beside(PathBuf);

impl Beside {
    fn new(folder: &Path, role: &str) -> Result<Self, ReplaceError> {
        let name = folder
            .file_name()
            .ok_or_else(|| ReplaceError::NotAnIndex(folder.to_owned()))?;
        let name = format!(".{}.{role}.{}", name.to_string_lossy(), process::id());
        Ok(Self(folder.with_file_name(name)))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It is not there after it was renamed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> IndexFiles {
        names
            .iter()
            .map(|name| ((*name).to_owned(), name.as_bytes().to_vec()))
            .collect()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_made_and_then_replaced_whole() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/index");
        replace_folder(&folder, &files(&["a.idx", META])).unwrap();
        replace_folder(&folder, &files(&["b.idx", META])).unwrap();
        assert_eq!(names(&folder), ["b.idx", META]);
        assert_eq!(
            names(folder.parent().unwrap()),
            ["index"],
            "nothing is left beside it"
        );
    }

    #[test]
    fn an_empty_folder_is_filled_and_a_foreign_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index");
        fs::create_dir(&index).unwrap();
        replace_folder(&index, &files(&[META])).unwrap();
        let foreign = folder.path().join("foreign");
        fs::create_dir(&foreign).unwrap();
        fs::write(foreign.join("letter.txt"), "dear").unwrap();
        let error = replace_folder(&foreign, &files(&[META])).unwrap_err();
        assert!(matches!(error, ReplaceError::NotAnIndex(_)), "{error}");
        assert_eq!(names(&foreign), ["letter.txt"]);
        assert_eq!(names(folder.path()), ["foreign", "index"]);
    }
}
