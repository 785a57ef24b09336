//! How far a backup is, kept in the archive itself: a killed one goes on where it was, from any
//! machine that reaches the place.
//!
//! `checkpoints/begun.json` says what the backup is; one small file more a finished part says what
//! was written, and where that part's scan goes on. Both are written after what they speak of.

use std::collections::BTreeMap;

use anyhow::Context;
use contract::Failure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::archive::{CHECKPOINTS, Place, SegmentEntry, State, Storage};

/// A backup that was left for longer is not gone on with: its parts would be of different days.
const LONGEST_PAUSE: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

const BEGUN: &str = "begun.json";

/// What an unfinished backup is. Another backup with the same options goes on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Begun {
    /// The stack.
    pub stack: String,
    /// Its region.
    pub region: String,
    /// The ids of the tables: a table that was made anew is another.
    pub tables: BTreeMap<String, String>,
    /// `scan`, or `pitr` with the moment that was asked for.
    pub source: String,
    /// Public keys.
    pub recipients: Vec<String>,
    /// The program's version: another one might divide the work in another way.
    pub tool: String,
    /// RFC 3339; not compared.
    pub started_at: String,
}

impl Begun {
    fn is_same(&self, other: &Self) -> bool {
        let started_at = other.started_at.clone();
        *other
            == Self {
                started_at,
                ..self.clone()
            }
    }
}

/// A finished piece of a part.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The table.
    pub table: String,
    /// Scan segment, or number of the exported file.
    pub part: u32,
    /// Pieces of a part count from 1.
    pub sequence: u32,
    /// What was written; nothing where the part had no (more) items.
    pub segments: Vec<SegmentEntry>,
    /// The key after which the scan goes on; nothing where the part is done.
    pub next: Option<Box<RawValue>>,
}

/// What is known of a part.
#[derive(Debug, Default)]
pub struct Part {
    /// All that was written of it.
    pub segments: Vec<SegmentEntry>,
    /// Pieces so far.
    pub sequence: u32,
    /// Where its scan goes on.
    pub next: Option<Box<RawValue>>,
    /// Whether nothing is left to do.
    pub done: bool,
}

/// An archive under way.
#[derive(Debug)]
pub struct Checkpoints {
    /// The archive.
    pub storage: Storage,
    /// Its name.
    pub name: String,
    /// When it began.
    pub started_at: String,
    parts: BTreeMap<(String, u32), Part>,
}

impl Checkpoints {
    /// Goes on with an unfinished archive of the place that is the same backup, or begins one.
    ///
    /// # Errors
    /// Where the place cannot be read or written.
    pub async fn open(place: &Place, begun: &Begun, name: String) -> anyhow::Result<Self> {
        let mut archives = place.list().await?;
        // Killed between its manifest and its end: whole, with checkpoints that nobody needs.
        if let Some(newest) = archives.iter().rfind(|one| one.state() == State::Whole) {
            Self::clear(&place.storage.child(&newest.name)).await?;
        }
        archives.retain(|one| one.state() == State::Unfinished);
        for unfinished in archives.iter().rev() {
            let storage = place.storage.child(&unfinished.name);
            let Some(found) = read::<Begun>(&storage, BEGUN).await? else {
                continue;
            };
            if found.is_same(begun) && is_recent(&found.started_at) {
                let parts = parts(&storage).await?;
                return Ok(Self {
                    storage,
                    name: unfinished.name.clone(),
                    started_at: found.started_at,
                    parts,
                });
            }
        }
        let storage = place.storage.child(&name);
        write(&storage, BEGUN, begun).await?;
        Ok(Self {
            storage,
            name,
            started_at: begun.started_at.clone(),
            parts: BTreeMap::new(),
        })
    }

    /// Items that are in it already.
    pub fn items(&self) -> u64 {
        let segments = self.parts.values().flat_map(|part| &part.segments);
        segments.map(|segment| segment.items).sum()
    }

    /// Takes what is known of a part.
    pub fn take(&mut self, table: &str, part: u32) -> Part {
        let key = (table.to_owned(), part);
        self.parts.remove(&key).unwrap_or_default()
    }

    /// Takes away all checkpoints: the archive has its manifest.
    ///
    /// # Errors
    /// Where one cannot be deleted.
    pub async fn clear(storage: &Storage) -> anyhow::Result<()> {
        let below = storage.child(CHECKPOINTS);
        for (file, _) in below.list().await? {
            below.delete(&file).await?;
        }
        storage.tidy(CHECKPOINTS)
    }
}

/// Notes that a piece is finished.
///
/// # Errors
/// Where it cannot be written.
pub async fn note(storage: &Storage, point: &Point) -> anyhow::Result<()> {
    let (table, part, sequence) = (&point.table, point.part, point.sequence);
    write(
        storage,
        &format!("{table}-{part:04}-{sequence:05}.json"),
        point,
    )
    .await
}

/// Reads a small file of the checkpoints.
///
/// # Errors
/// Where it is there and cannot be read.
pub async fn read<T: for<'de> Deserialize<'de>>(
    storage: &Storage,
    name: &str,
) -> anyhow::Result<Option<T>> {
    let file = format!("{CHECKPOINTS}/{name}");
    let Some(bytes) = storage.get(&file).await? else {
        return Ok(None);
    };
    let damaged = |error: serde_json::Error| {
        let path = storage.child(&file).describe();
        Failure::new(format!("{path} is damaged"))
            .because(error)
            .hint("delete the unfinished archive; start again")
    };
    Ok(Some(serde_json::from_slice(&bytes).map_err(damaged)?))
}

/// Writes a small file of the checkpoints.
///
/// # Errors
/// Where it cannot be written.
pub async fn write(storage: &Storage, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
    let bytes = serde_json::to_vec(value).context("cannot render a checkpoint")?;
    storage.put(&format!("{CHECKPOINTS}/{name}"), bytes).await?;
    Ok(())
}

async fn parts(storage: &Storage) -> anyhow::Result<BTreeMap<(String, u32), Part>> {
    let mut parts: BTreeMap<(String, u32), Part> = BTreeMap::new();
    // In order of their names, so pieces of a part come in order of their sequence.
    for (file, _) in storage.child(CHECKPOINTS).list().await? {
        if !is_point(&file) {
            continue;
        }
        let Some(point) = read::<Point>(storage, &file).await? else {
            continue;
        };
        let part = parts.entry((point.table, point.part)).or_default();
        part.segments.extend(point.segments);
        part.sequence = point.sequence;
        part.done = point.next.is_none();
        part.next = point.next;
    }
    Ok(parts)
}

/// `Users-0000-00001.json`
fn is_point(file: &str) -> bool {
    let Some(stem) = file.strip_suffix(".json") else {
        return false;
    };
    let mut words = stem.rsplit('-');
    let number = |word: Option<&str>| {
        word.is_some_and(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()))
    };
    number(words.next()) && number(words.next())
}

fn is_recent(started_at: &str) -> bool {
    let started: Result<Timestamp, _> = started_at.parse();
    started.is_ok_and(|started| Timestamp::now().duration_since(started) < LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_told_from_other_checkpoints() {
        assert!(is_point("Users-0003-00012.json"));
        assert!(!is_point("begun.json") && !is_point("export-Users.json"));
        assert!(!is_point("Users-0003-00012.json.part"));
    }
}
