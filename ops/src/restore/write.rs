//! The items of an archive's segments into a table.

use anyhow::Context;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::filter::Filter;
use super::items::{Items, READS, WRITES};
use super::journal::{Journal, Step};
use super::sift::{Counts, sift};
use crate::archive::{Archive, SegmentEntry, TableEntry};
use crate::progress::Progress;

/// Segments under way at once, and batches of each: what bounds memory.
const SEGMENTS: usize = 2;
const BATCHES: usize = 8;

/// Writes one table.
#[derive(Debug)]
pub struct Writer<'a> {
    /// The archive.
    pub archive: &'a Archive,
    /// The table in it.
    pub table: &'a TableEntry,
    /// The table it goes to.
    pub items: Items<'a>,
    /// What is left out.
    pub filter: &'a Filter,
    /// What was done before; nothing where a restore is not to be gone on with.
    pub journal: Option<&'a Journal>,
    /// Whether every item is looked up first, and written only where there is none.
    pub looks_first: bool,
    /// Who is told.
    pub progress: &'a Progress,
}

impl Writer<'_> {
    /// Writes all that is not written yet.
    ///
    /// # Errors
    /// Where the table refuses, or the archive changes under way.
    pub async fn run(&self) -> anyhow::Result<Counts> {
        let mut all = Counts::default();
        let work = stream::iter(&self.table.segments).map(|entry| self.segment(entry));
        let mut done = work.buffer_unordered(SEGMENTS);
        while let Some(counts) = done.try_next().await? {
            all.join(counts);
        }
        Ok(all)
    }

    async fn segment(&self, entry: &SegmentEntry) -> anyhow::Result<Counts> {
        let before = self.journal.and_then(|journal| journal.step(&entry.file));
        if let Some(Step::Done { counts }) = before {
            self.progress.skip(counts.all());
            return Ok(counts);
        }
        if let (None, Some(journal)) = (before, self.journal) {
            journal.note(&entry.file, Step::Begun).await?;
        }
        let lines = self.archive.lines(entry, self.items.key).await?;
        let lines: Vec<&[u8]> = lines
            .iter()
            .filter(|line| self.filter.passes(line))
            .collect();
        let counts = if before.is_some() || self.looks_first {
            self.fill(&lines).await?
        } else {
            self.all(&lines).await?
        };
        if let Some(journal) = self.journal {
            journal.note(&entry.file, Step::Done { counts }).await?;
        }
        Ok(counts)
    }

    /// Into a table that has none of them.
    async fn all(&self, lines: &[&[u8]]) -> anyhow::Result<Counts> {
        let batches = stream::iter(lines.chunks(WRITES)).map(|batch| async move {
            self.items.put(batch).await?;
            self.progress.advance(batch.len() as u64);
            anyhow::Ok(())
        });
        batches
            .buffer_unordered(BATCHES)
            .try_collect::<()>()
            .await?;
        Ok(Counts {
            written: lines.len() as u64,
            ..Counts::default()
        })
    }

    /// Only those that the table lacks.
    async fn fill(&self, lines: &[&[u8]]) -> anyhow::Result<Counts> {
        let mut all = Counts::default();
        for chunk in lines.chunks(READS) {
            let (missing, mut counts) = self.look(chunk).await?;
            if self.looks_first {
                counts.join(self.put_new(&missing).await?);
            } else {
                for batch in missing.chunks(WRITES) {
                    self.items.put(batch).await?;
                }
                counts.written += missing.len() as u64;
            }
            self.progress.advance(chunk.len() as u64);
            all.join(counts);
        }
        Ok(all)
    }

    async fn look<'l>(&self, lines: &[&'l [u8]]) -> anyhow::Result<(Vec<&'l [u8]>, Counts)> {
        look(&self.items, lines).await
    }

    /// One by one, each on the condition that nobody wrote it since it was looked up.
    async fn put_new(&self, lines: &[&[u8]]) -> anyhow::Result<Counts> {
        let puts = stream::iter(lines).map(|line| self.items.put_new(line));
        let written: Vec<bool> = puts.buffer_unordered(BATCHES).try_collect().await?;
        let written = written.into_iter().filter(|written| *written).count() as u64;
        Ok(Counts {
            written,
            same: 0,
            differing: lines.len() as u64 - written,
        })
    }
}

/// Which of these canonical items the table lacks, and how the others compare.
pub async fn look<'l>(
    items: &Items<'_>,
    lines: &[&'l [u8]],
) -> anyhow::Result<(Vec<&'l [u8]>, Counts)> {
    let keyed: Vec<(&[u8], Vec<u8>)> = lines
        .iter()
        .map(|line| Some((*line, items.key.object(line)?)))
        .collect::<Option<_>>()
        .context("an item lacks its key")?;
    let keys: Vec<Vec<u8>> = keyed.iter().map(|(_, key)| key.clone()).collect();
    let there = items.get(&keys).await?;
    Ok(sift(&keyed, &there))
}
