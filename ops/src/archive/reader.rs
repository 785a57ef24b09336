//! Reading an archive: nothing of it is believed before it is checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use contract::Failure;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::cipher::Identities;
use super::digest::sha256;
use super::key::KeyNames;
use super::manifest::{MANIFEST, Manifest, SegmentEntry, TableEntry};
use super::place::CHECKPOINTS;
use super::segment;
use super::storage::Storage;

/// Segments that are read at once; with their size, what bounds memory.
const AT_ONCE: usize = 2;

/// A whole archive.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Where it is.
    pub storage: Storage,
    /// What it says of itself.
    pub manifest: Manifest,
    identities: Option<Arc<Identities>>,
}

/// The items of a segment.
#[derive(Debug)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// One canonical item each.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        segment::lines(&self.0)
    }
}

impl Archive {
    /// The archive in `storage` whose manifest has these bytes.
    pub(super) fn of(storage: Storage, manifest: &[u8]) -> anyhow::Result<Self> {
        let name = storage.child(MANIFEST).describe();
        Ok(Self {
            manifest: Manifest::parse(&name, manifest)?,
            storage,
            identities: None,
        })
    }

    /// Reads encrypted segments with these.
    #[must_use]
    pub fn with(self, identities: Option<Identities>) -> Self {
        Self {
            identities: identities.map(Arc::new),
            ..self
        }
    }

    /// As a person names it.
    pub fn describe(&self) -> String {
        self.storage.describe()
    }

    /// Holds that its items can be read: it is not encrypted, or there is an identity.
    ///
    /// # Errors
    /// Where an identity is missing.
    pub fn readable(&self) -> Result<(), Failure> {
        if self.is_sealed() {
            return Err(Failure::usage(format!("{} is encrypted", self.describe()))
                .hint("pass --identity FILE, with the secret key of one of its recipients"));
        }
        Ok(())
    }

    /// Whether it is encrypted and there is nothing to read it with.
    pub fn is_sealed(&self) -> bool {
        self.manifest.encryption.is_some() && self.identities.is_none()
    }

    /// Holds that the files are exactly those of the manifest, with their sizes.
    ///
    /// # Errors
    /// Names the first that is missing, too many, or of another size.
    pub async fn check_files(&self) -> anyhow::Result<()> {
        let there: BTreeMap<String, u64> = self.storage.list().await?.into_iter().collect();
        let segments = self
            .manifest
            .tables
            .iter()
            .flat_map(|table| &table.segments);
        let known: BTreeMap<&str, &SegmentEntry> =
            segments.map(|one| (one.file.as_str(), one)).collect();
        let hint = "the archive is damaged; take another (ops backup list), nothing was written";
        for (file, entry) in &known {
            let what = match there.get(*file) {
                None => format!("{file}: missing"),
                Some(bytes) if *bytes != entry.stored_bytes => {
                    let said = entry.stored_bytes;
                    format!("{file}: {bytes} bytes, the manifest says {said}")
                }
                Some(_) => continue,
            };
            return Err(Failure::new(what).hint(hint).into());
        }
        let left_over = format!("{CHECKPOINTS}/");
        let extra = there.keys().find(|file| {
            *file != MANIFEST && !file.starts_with(&left_over) && !known.contains_key(file.as_str())
        });
        if let Some(file) = extra {
            let what = format!("{file}: not in the manifest");
            return Err(Failure::new(what).hint(hint).into());
        }
        Ok(())
    }

    /// The items of a segment, checked.
    ///
    /// # Errors
    /// Names the file and what does not fit.
    pub async fn lines(&self, entry: &SegmentEntry, key: &KeyNames) -> anyhow::Result<Lines> {
        let stored = self.stored(entry).await?;
        let (entry, key) = (entry.clone(), key.clone());
        let identities = self.identities.clone();
        let encrypted = self.manifest.encryption.is_some();
        let opened = tokio::task::spawn_blocking(move || {
            let identities = identities.as_deref().filter(|_| encrypted);
            segment::open(&stored, &entry, &key, identities)
        });
        Ok(Lines(opened.await.context("reading a segment failed")??))
    }

    async fn stored(&self, entry: &SegmentEntry) -> anyhow::Result<Vec<u8>> {
        let stored = self.storage.get(&entry.file).await?;
        let missing = || {
            Failure::new(format!("{}: missing", entry.file))
                .hint("the archive is damaged; take another (ops backup list)")
        };
        Ok(stored.ok_or_else(missing)?)
    }

    /// Checks every file and every item; `seen` hears of each segment's items. Without an identity,
    /// an encrypted archive's files are checked, and not what is in them.
    ///
    /// # Errors
    /// Names the first file that does not fit.
    pub async fn verify(
        &self,
        seen: impl Fn(&TableEntry, Option<&Lines>, u64),
    ) -> anyhow::Result<()> {
        self.check_files().await?;
        for table in &self.manifest.tables {
            let key = table.key_names();
            let checks = stream::iter(&table.segments).map(|entry| self.check(entry, &key));
            checks
                .buffer_unordered(AT_ONCE)
                .try_for_each(|(lines, items)| {
                    seen(table, lines.as_ref(), items);
                    futures::future::ready(Ok(()))
                })
                .await?;
        }
        Ok(())
    }

    async fn check(
        &self,
        entry: &SegmentEntry,
        key: &KeyNames,
    ) -> anyhow::Result<(Option<Lines>, u64)> {
        if !self.is_sealed() {
            return Ok((Some(self.lines(entry, key).await?), entry.items));
        }
        let stored = self.stored(entry).await?;
        let sum = tokio::task::spawn_blocking(move || sha256(&stored)).await?;
        if sum != entry.sha256 {
            let what = format!("{}: its SHA-256 is not the manifest's", entry.file);
            return Err(Failure::new(what).hint("the archive is damaged").into());
        }
        Ok((None, entry.items))
    }
}
