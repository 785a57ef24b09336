//! What a restore has done so far, so that a killed one goes on and writes nothing twice.
//!
//! One small file a segment: `begun` before its first item is written, `done` after its last. What
//! of a begun segment was written is found by reading, not believed.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::options::Mode;
use super::sift::Counts;
use crate::archive::Storage;

const BEGUN: &str = "begun.json";
const EMPTIED: &str = "emptied.json";
const COMPLETE: &str = "complete.json";

/// What a restore is. Another run with the same goes on with its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Begun {
    /// Digests of the archive's tables.
    pub archive: BTreeMap<String, String>,
    /// The ids of the tables it goes to: a table that was made anew is another.
    pub tables: BTreeMap<String, String>,
    /// How.
    pub mode: Mode,
    /// One supporter only: as a digest, for a journal has no personal data.
    pub only: Option<String>,
}

/// How far a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum Step {
    /// Items of it may have been written.
    Begun,
    /// All are.
    Done {
        /// What became of its items.
        counts: Counts,
    },
}

/// The journal.
#[derive(Debug)]
pub struct Journal {
    storage: Storage,
    steps: BTreeMap<String, Step>,
    emptied: bool,
    /// What became of each table, where everything was written and compared.
    pub complete: Option<BTreeMap<String, Counts>>,
    /// Whether an earlier run of the same restore left it.
    pub goes_on: bool,
}

impl Journal {
    /// Goes on with the journal in `storage`, where it is of the same restore; nothing is written
    /// yet.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn open(storage: Storage, begun: &Begun) -> anyhow::Result<Self> {
        let mut journal = Self {
            storage,
            steps: BTreeMap::new(),
            emptied: false,
            complete: None,
            goes_on: false,
        };
        let found: Option<Begun> = journal.read(BEGUN).await?;
        if found.as_ref() != Some(begun) {
            return Ok(journal);
        }
        journal.goes_on = true;
        journal.complete = journal.read(COMPLETE).await?;
        for (file, _) in journal.storage.list().await? {
            if file == EMPTIED {
                journal.emptied = true;
            } else if file != BEGUN && file != COMPLETE && file.strip_suffix(".json").is_some() {
                let step = journal.read(&file).await?;
                journal.steps.extend(step.map(|step| (file, step)));
            }
        }
        Ok(journal)
    }

    /// Begins, with nothing done.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn begin(&mut self, begun: &Begun) -> anyhow::Result<()> {
        if !self.goes_on {
            self.clear().await?;
            self.write(BEGUN, begun).await?;
        }
        Ok(())
    }

    /// Whether the tables were emptied already.
    pub fn is_emptied(&self) -> bool {
        self.emptied
    }

    /// Notes that the tables are empty.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn emptied(&mut self) -> anyhow::Result<()> {
        self.emptied = true;
        self.write(EMPTIED, &true).await
    }

    /// How far the segment called `file` is.
    pub fn step(&self, file: &str) -> Option<Step> {
        self.steps.get(&name_of(file)).copied()
    }

    /// Notes how far a segment is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn note(&self, file: &str, step: Step) -> anyhow::Result<()> {
        self.write(&name_of(file), &step).await
    }

    /// Notes that nothing is left to do: a run that is killed from here on need not know more.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn complete(&self, tables: &BTreeMap<String, Counts>) -> anyhow::Result<()> {
        self.write(COMPLETE, tables).await
    }

    /// Takes the journal away: the restore is complete.
    ///
    /// # Errors
    /// Where a file of it cannot be deleted.
    pub async fn clear(&self) -> anyhow::Result<()> {
        // Last what says that it is complete, and which restore it is of: without that, what is
        // left of the rest would send a later run to write again.
        let files = self.storage.list().await?;
        let last = [COMPLETE, BEGUN];
        for (file, _) in files
            .iter()
            .filter(|(file, _)| !last.contains(&file.as_str()))
        {
            self.storage.delete(file).await?;
        }
        self.storage.delete(BEGUN).await?;
        self.storage.delete(COMPLETE).await?;
        self.storage.tidy("")
    }

    async fn read<T: for<'de> Deserialize<'de>>(&self, file: &str) -> anyhow::Result<Option<T>> {
        let Some(bytes) = self.storage.get(file).await? else {
            return Ok(None);
        };
        let path = self.storage.child(file).describe();
        let what = || format!("{path} is damaged; delete the journal to start again");
        Ok(Some(serde_json::from_slice(&bytes).with_context(what)?))
    }

    async fn write(&self, file: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let bytes = serde_json::to_vec(value).context("cannot render the journal")?;
        self.storage.put(file, bytes).await?;
        Ok(())
    }
}

/// `Users/0000-00001.jsonl.zst` is noted in `Users-0000-00001.json`.
fn name_of(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or(file);
    format!("{}.json", stem.replace('/', "-"))
}
