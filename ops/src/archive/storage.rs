//! Where files are kept: a folder, or an S3 bucket under a prefix. A file is there whole or not at
//! all; only its owner reads it, since archives hold personal data.

use std::path::PathBuf;
use std::{fs, io};

use anyhow::Context;
use contract::Failure;

use super::bucket::Bucket;
use super::folder::{remove_empty, walk, write};

/// A folder or prefix.
#[derive(Clone, Debug)]
pub enum Storage {
    /// On this machine.
    Folder(PathBuf),
    /// In S3.
    Bucket(Bucket),
}

impl Storage {
    /// What is below `name`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(path.join(name)),
            Self::Bucket(bucket) => Self::Bucket(bucket.child(name)),
        }
    }

    /// What is beside it under `name`, and its own name; below it, where nothing is above.
    pub fn beside(&self, name: &str) -> (Self, String) {
        let mut beside = self.clone();
        let own = match &mut beside {
            Self::Folder(path) => {
                let absolute = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
                let own = absolute
                    .file_name()
                    .map(|own| own.to_string_lossy().into_owned());
                if let (Some(_), Some(parent)) = (&own, absolute.parent()) {
                    parent.clone_into(path);
                }
                own
            }
            Self::Bucket(Bucket { prefix, .. }) => {
                let (parent, own) = match prefix.rsplit_once('/') {
                    Some((parent, own)) => (parent.to_owned(), own.to_owned()),
                    None => (String::new(), prefix.clone()),
                };
                *prefix = parent;
                Some(own).filter(|own| !own.is_empty())
            }
        };
        (beside.child(name), own.unwrap_or_default())
    }

    /// As a person names it.
    pub fn describe(&self) -> String {
        match self {
            Self::Folder(path) => path.display().to_string(),
            Self::Bucket(bucket) => bucket.describe(),
        }
    }

    /// Writes a file in one step, replacing one of that name.
    ///
    /// # Errors
    /// Where there is no room, or no right to.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), Failure> {
        let what = format!("cannot write {}", self.child(name).describe());
        match self {
            Self::Folder(path) => {
                let path = path.join(name);
                let written = tokio::task::spawn_blocking(move || write(&path, &bytes)).await;
                let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
                written.map_err(|error| {
                    Failure::new(what).because(error).hint(
                        "make room or mend the cause, then run the same command again: it goes on where it was",
                    )
                })
            }
            Self::Bucket(bucket) => bucket.put(name, bytes, &what).await,
        }
    }

    /// Reads a file; `None` where there is none.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn get(&self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let what = format!("cannot read {}", self.child(name).describe());
        match self {
            Self::Folder(path) => {
                let path = path.join(name);
                match tokio::task::spawn_blocking(move || fs::read(path)).await? {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(error).context(what),
                }
            }
            Self::Bucket(bucket) => bucket.get(name, &what).await,
        }
    }

    /// All files below, with their sizes, sorted; names as [`Storage::get`] takes them.
    ///
    /// # Errors
    /// Where they cannot be listed. A folder that is not there has none.
    pub async fn list(&self) -> anyhow::Result<Vec<(String, u64)>> {
        let mut found = match self {
            Self::Folder(path) => {
                let path = path.clone();
                let what = format!("cannot list {}", path.display());
                tokio::task::spawn_blocking(move || walk(&path))
                    .await?
                    .context(what)?
            }
            Self::Bucket(bucket) => bucket.list().await?,
        };
        found.sort();
        Ok(found)
    }

    /// Deletes a file; one that is not there is no error.
    ///
    /// # Errors
    /// Where it is there and cannot be deleted.
    pub async fn delete(&self, name: &str) -> anyhow::Result<()> {
        let what = format!("cannot delete {}", self.child(name).describe());
        match self {
            Self::Folder(path) => match fs::remove_file(path.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).context(what),
                _ => Ok(()),
            },
            Self::Bucket(bucket) => Ok(bucket.delete(name, &what).await?),
        }
    }

    /// Takes away the folders that deleted files leave.
    ///
    /// # Errors
    /// Where one that is empty cannot be taken away.
    pub fn tidy(&self, folder: &str) -> anyhow::Result<()> {
        let Self::Folder(path) = self else {
            return Ok(());
        };
        remove_empty(&path.join(folder)).with_context(|| format!("cannot tidy {folder}"))
    }
}

/// `prefix/name`; either may be empty.
pub(super) fn join(prefix: &str, name: &str) -> String {
    match (prefix.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => prefix.to_owned(),
        _ => format!("{prefix}/{name}"),
    }
}
