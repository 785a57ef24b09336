//! Whether the tables hold what the archive does: by reading them again.

use std::cell::RefCell;

use contract::Failure;

use super::filter::Filter;
use super::items::{Items, READS};
use super::sift::Counts;
use super::write::look;
use crate::archive::{Archive, Digest, TableEntry, canonical};
use crate::backup::{Live, read_table};
use crate::progress::Progress;

/// Items and their digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// How many.
    pub items: u64,
    /// Of all of them.
    pub digest: Digest,
}

impl Content {
    /// Adds a canonical item.
    pub fn add(&mut self, line: &[u8]) {
        self.items += 1;
        self.digest.add(line);
    }
}

/// Reads all of a table.
///
/// # Errors
/// Where it cannot be read.
pub async fn read(live: &Live, name: &str, progress: &Progress) -> anyhow::Result<Content> {
    let content = RefCell::new((Content::default(), Vec::new()));
    read_table(live, name, |item| {
        let (content, text) = &mut *content.borrow_mut();
        text.clear();
        canonical(item, text)?;
        content.add(text);
        progress.advance(1);
        Ok(())
    })
    .await?;
    Ok(content.into_inner().0)
}

/// Holds that a table has exactly what it should.
///
/// # Errors
/// Says how they differ.
pub fn same(name: &str, expected: Content, found: Content) -> Result<(), Failure> {
    if expected == found {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{name}` is not as the archive: {} items with digest {}, not {} with {}",
        found.items, found.digest, expected.items, expected.digest
    ))
    .exit(contract::Exit::Differs)
    .hint("was it written to meanwhile? the same command with --merge reports what differs"))
}

/// Reads the archive's items in a table one by one again; gives how they compare.
///
/// # Errors
/// Where one is missing, or they cannot be read.
pub async fn each(
    archive: &Archive,
    table: &TableEntry,
    items: &Items<'_>,
    filter: &Filter,
) -> anyhow::Result<Counts> {
    let mut all = Counts::default();
    for entry in &table.segments {
        let lines = archive.lines(entry, items.key).await?;
        let lines: Vec<&[u8]> = lines.iter().filter(|line| filter.passes(line)).collect();
        for chunk in lines.chunks(READS) {
            let (missing, counts) = look(items, chunk).await?;
            if !missing.is_empty() {
                let what = format!("{} items are not in `{}`", missing.len(), items.name);
                return Err(Failure::new(what)
                    .exit(contract::Exit::Differs)
                    .hint("was it written to meanwhile? run the same command again")
                    .into());
            }
            all.join(counts);
        }
    }
    Ok(all)
}

/// What a restore that looks first would do.
///
/// # Errors
/// Where the items cannot be read.
pub async fn preview(
    archive: &Archive,
    table: &TableEntry,
    items: &Items<'_>,
    filter: &Filter,
) -> anyhow::Result<Counts> {
    let mut all = Counts::default();
    for entry in &table.segments {
        let lines = archive.lines(entry, items.key).await?;
        let lines: Vec<&[u8]> = lines.iter().filter(|line| filter.passes(line)).collect();
        for chunk in lines.chunks(READS) {
            let (missing, mut counts) = look(items, chunk).await?;
            counts.written += missing.len() as u64;
            all.join(counts);
        }
    }
    Ok(all)
}
