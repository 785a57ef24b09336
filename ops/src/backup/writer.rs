//! From items to segments of an archive, one part of a table at a time.

use anyhow::Context;

use super::tables::Described;
use crate::archive::{Builder, Recipients, SegmentEntry, Storage};

/// Writes the segments of one part.
#[derive(Debug)]
pub struct PartWriter<'a> {
    storage: &'a Storage,
    recipients: &'a Recipients,
    table: &'a Described,
    part: u32,
    sequence: u32,
    builder: Builder,
}

impl<'a> PartWriter<'a> {
    /// The part's next segment has number `sequence` + 1.
    pub fn new(
        storage: &'a Storage,
        recipients: &'a Recipients,
        table: &'a Described,
        part: u32,
        sequence: u32,
    ) -> Self {
        Self {
            storage,
            recipients,
            table,
            part,
            sequence,
            builder: Builder::new(table.entry.key_names()),
        }
    }

    /// Pieces of the part so far.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    /// Adds an item.
    ///
    /// # Errors
    /// Where it is none.
    pub fn push(&mut self, item: &str) -> anyhow::Result<()> {
        let what = || format!("`{}` gave an item that is none", self.table.entry.name);
        self.builder.push(item).with_context(what)
    }

    /// Whether it is time to [`PartWriter::flush`].
    pub fn is_full(&self) -> bool {
        self.builder.is_full()
    }

    /// Writes what was added as a segment; nothing where nothing was.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn flush(&mut self) -> anyhow::Result<Option<SegmentEntry>> {
        self.sequence += 1;
        if self.builder.is_empty() {
            return Ok(None);
        }
        let (table, part, sequence) = (self.table.table.name(), self.part, self.sequence);
        let sealed = if self.recipients.is_empty() {
            ""
        } else {
            ".age"
        };
        let file = format!("{table}/{part:04}-{sequence:05}.jsonl.zst{sealed}");
        let empty = Builder::new(self.table.entry.key_names());
        let full = std::mem::replace(&mut self.builder, empty);
        let recipients = self.recipients.clone();
        let work = tokio::task::spawn_blocking(move || full.seal(file, &recipients));
        let (bytes, entry) = work.await.context("writing a segment failed")??;
        self.storage.put(&entry.file, bytes).await?;
        Ok(Some(entry))
    }
}
