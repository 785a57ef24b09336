//! A folder's files.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::storage::join;

/// To a file beside it first, which then takes its name: nobody ever sees half of it.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&part, path));
    if placed.is_err() {
        let _ = fs::remove_file(&part);
    }
    placed?;
    fs::File::open(folder)?.sync_all()
}

/// All files below `root`, with their sizes; none where there is no such folder.
pub(super) fn walk(root: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = join(&prefix, &entry.file_name().to_string_lossy());
            let kind = entry.metadata()?;
            if kind.is_dir() {
                folders.push((entry.path(), name));
            } else {
                found.push((name, kind.len()));
            }
        }
    }
    Ok(found)
}

/// Takes away a folder and those in it, as far as they are empty.
pub(super) fn remove_empty(path: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(path) else {
        return Ok(());
    };
    let mut empty = true;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_empty(&entry.path())?;
        }
        empty &= !entry.path().exists();
    }
    if empty { fs::remove_dir(path) } else { Ok(()) }
}
