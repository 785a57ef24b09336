//! Where files are kept: a folder, or an S3 bucket under a prefix. A file is there whole or not at
//! all; only its owner reads it, since archives hold personal data.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use contract::Failure;
use deploy_target::{OrExplain, Target};

/// A folder or prefix.
#[derive(Clone, Debug)]
pub enum Storage {
    /// On this machine.
    Folder(PathBuf),
    /// In S3.
    Bucket {
        /// The client.
        client: Client,
        /// For hints.
        target: Target,
        /// The bucket's name.
        bucket: String,
        /// Without a trailing slash; may be empty.
        prefix: String,
    },
}

impl Storage {
    /// What is below `name`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(path.join(name)),
            Self::Bucket {
                client,
                target,
                bucket,
                prefix,
            } => Self::Bucket {
                client: client.clone(),
                target: target.clone(),
                bucket: bucket.clone(),
                prefix: join(prefix, name),
            },
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
            Self::Bucket { prefix, .. } => {
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
            Self::Bucket { bucket, prefix, .. } => format!("s3://{}", join(bucket, prefix)),
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
            Self::Bucket {
                client,
                target,
                bucket,
                prefix,
            } => {
                let call = client.put_object().bucket(bucket).key(join(prefix, name));
                let call = call.body(ByteStream::from(bytes)).send().await;
                call.or_explain(target, what).map(drop)
            }
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
            Self::Bucket {
                client,
                target,
                bucket,
                prefix,
            } => {
                let call = client.get_object().bucket(bucket).key(join(prefix, name));
                let answer = match call.send().await {
                    Err(error)
                        if error
                            .as_service_error()
                            .is_some_and(GetObjectError::is_no_such_key) =>
                    {
                        return Ok(None);
                    }
                    answer => answer.or_explain(target, &what)?,
                };
                let bytes = answer.body.collect().await.context(what)?;
                Ok(Some(bytes.to_vec()))
            }
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
            Self::Bucket {
                client,
                target,
                bucket,
                prefix,
            } => objects(client, target, bucket, prefix).await?,
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
            Self::Bucket {
                client,
                target,
                bucket,
                prefix,
            } => {
                let call = client
                    .delete_object()
                    .bucket(bucket)
                    .key(join(prefix, name));
                call.send().await.or_explain(target, what)?;
                Ok(())
            }
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

fn remove_empty(path: &Path) -> io::Result<()> {
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

fn join(prefix: &str, name: &str) -> String {
    match (prefix.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (_, true) => prefix.to_owned(),
        _ => format!("{prefix}/{name}"),
    }
}

/// To a file beside it first, which then takes its name: nobody ever sees half of it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
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

fn walk(root: &Path) -> io::Result<Vec<(String, u64)>> {
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

async fn objects(
    client: &Client,
    target: &Target,
    bucket: &str,
    prefix: &str,
) -> Result<Vec<(String, u64)>, Failure> {
    let base = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}/")
    };
    let mut pages = client
        .list_objects_v2()
        .bucket(bucket)
        .prefix(&base)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.or_explain(target, format!("cannot list s3://{bucket}/{base}"))?;
        for object in page.contents() {
            let name = object.key().unwrap_or_default();
            let name = name.strip_prefix(&base).unwrap_or(name);
            let size = object.size().and_then(|size| u64::try_from(size).ok());
            found.push((name.to_owned(), size.unwrap_or_default()));
        }
    }
    Ok(found)
}
