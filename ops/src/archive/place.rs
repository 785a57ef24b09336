//! A place with archives: a folder or prefix with one below for each backup.

use contract::Failure;
use serde::Serialize;

use super::manifest::{MANIFEST, Manifest};
use super::reader::Archive;
use super::storage::Storage;

/// Below an archive that is being written: how far it is.
pub const CHECKPOINTS: &str = "checkpoints";

/// `STACK-20261123T221325Z`
pub fn archive_name(stack: &str, now: jiff::Timestamp) -> String {
    format!("{stack}-{}", now.strftime("%Y%m%dT%H%M%SZ"))
}

/// The place.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where it is.
    pub storage: Storage,
}

/// An archive in a place.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its folder.
    pub name: String,
    /// What it says of itself; nothing where it is unfinished, and why where it is damaged.
    pub manifest: Result<Option<Manifest>, String>,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// What state an archive is in, for lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has a manifest.
    Whole,
    /// It has none (yet).
    Unfinished,
    /// Its manifest cannot be read.
    Damaged,
}

impl Listed {
    /// Whether it is of this stack, or does not say of which.
    fn is_of(&self, stack: &str) -> bool {
        match &self.manifest {
            Ok(Some(manifest)) => manifest.stack == stack,
            _ => self
                .name
                .rsplit_once('-')
                .is_none_or(|(name, _)| name == stack),
        }
    }

    /// Its state.
    pub fn state(&self) -> State {
        match self.manifest {
            Ok(Some(_)) => State::Whole,
            Ok(None) => State::Unfinished,
            Err(_) => State::Damaged,
        }
    }
}

impl Place {
    /// All archives, oldest first.
    ///
    /// # Errors
    /// Where the place cannot be read.
    pub async fn list(&self) -> anyhow::Result<Vec<Listed>> {
        let files = self.storage.list().await?;
        let mut listed: Vec<(String, u64, bool)> = Vec::new();
        for (file, bytes) in &files {
            let Some((name, rest)) = file.split_once('/') else {
                continue;
            };
            if listed.last().is_none_or(|last| last.0 != name) {
                listed.push((name.to_owned(), 0, false));
            }
            if let Some(last) = listed.last_mut() {
                last.1 += bytes;
                last.2 |= rest == MANIFEST || rest.starts_with(&format!("{CHECKPOINTS}/"));
            }
        }
        let mut archives = Vec::new();
        for (name, bytes, _) in listed.into_iter().filter(|(_, _, ours)| *ours) {
            let file = format!("{name}/{MANIFEST}");
            let manifest = match self.storage.get(&file).await? {
                None => Ok(None),
                Some(text) => Manifest::parse(&file, &text)
                    .map(Some)
                    .map_err(|error| error.to_string()),
            };
            archives.push(Listed {
                name,
                manifest,
                bytes,
            });
        }
        archives.sort_by_key(|one| time_of(&one.name).to_owned());
        Ok(archives)
    }

    /// The archive that the place is, or the newest whole one in it: of this stack, where one is
    /// named, for a place may have the archives of several.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn archive(&self, stack: Option<&str>) -> anyhow::Result<Archive> {
        if let Some(bytes) = self.storage.get(MANIFEST).await? {
            return Archive::of(self.storage.clone(), &bytes);
        }
        let mut archives = self.list().await?;
        if let Some(stack) = stack {
            archives.retain(|one| one.is_of(stack));
        }
        let newest = archives
            .iter()
            .rev()
            .find(|one| one.state() == State::Whole);
        if let Some(newest) = newest {
            let storage = self.storage.child(&newest.name);
            let bytes = storage.get(MANIFEST).await?.unwrap_or_default();
            return Archive::of(storage, &bytes);
        }
        let place = self.storage.describe();
        let failure = match archives.last() {
            Some(one) => match &one.manifest {
                Err(why) => Failure::new(format!("no backup in {place} can be read: {why}")),
                _ => Failure::new(format!(
                    "{place} has no {MANIFEST}: the backup in it was never finished"
                ))
                .hint("run the same `ops backup` again: it goes on where it was"),
            },
            None => Failure::new(match stack {
                Some(stack) => format!("{place} has no backup of stack `{stack}`"),
                None => format!("{place} has no {MANIFEST}: there is no backup"),
            })
            .hint("name the folder that `ops backup --to` was given, or one archive in it"),
        };
        Err(failure.into())
    }
}

/// The time at the end of an archive's name; archives of several stacks sort by it.
fn time_of(name: &str) -> &str {
    name.rsplit('-').next().unwrap_or(name)
}
