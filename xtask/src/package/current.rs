//! Whether the packages are likely what the sources give, without asking cargo, which takes a third
//! of a second: then they can be made sure of beside other work. Nothing is left out because of it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context;

use crate::workspace::Workspace;

/// File in the package folder whose time is when the packages were last begun, and then made.
const STAMP: &str = "current";

/// What packages are made from, besides the dependencies that the lock file names.
const SOURCES: [&str; 5] = [
    "runtime",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo",
];

/// Notes that the packages are what the sources gave at `begun`.
pub fn note(workspace: &Workspace, begun: SystemTime) -> anyhow::Result<()> {
    let path = workspace.package().join(STAMP);
    File::create(&path)
        .and_then(|file| file.set_modified(begun))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Whether nothing was saved since then.
pub fn is_likely(workspace: &Workspace) -> bool {
    let stamp = workspace.package().join(STAMP);
    let Ok(made) = fs::metadata(stamp).and_then(|stamp| stamp.modified()) else {
        return false;
    };
    SOURCES
        .iter()
        .all(|source| is_older(&workspace.root.join(source), made).unwrap_or(false))
}

/// Whether a file, or all in a folder and the folder itself, is older. One that is not there is.
fn is_older(path: &Path, than: SystemTime) -> io::Result<bool> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        metadata => metadata?,
    };
    if metadata.modified()? >= than {
        return Ok(false);
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            if !is_older(&entry?.path(), than)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_saved_since_makes_it_unlikely() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace {
            root: dir.path().to_owned(),
            target: dir.path().join("target"),
            local: dir.path().join(".local"),
        };
        fs::create_dir_all(workspace.package()).unwrap();
        fs::create_dir_all(dir.path().join("runtime/src")).unwrap();
        let source = dir.path().join("runtime/src/lib.rs");
        fs::write(&source, "").unwrap();
        assert!(!is_likely(&workspace), "nothing was made yet");
        let later = SystemTime::now() + Duration::from_mins(1);
        note(&workspace, later).unwrap();
        assert!(is_likely(&workspace));
        let saved = File::options().write(true).open(&source).unwrap();
        saved.set_modified(later).unwrap();
        assert!(!is_likely(&workspace));
    }
}
