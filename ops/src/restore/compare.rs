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
    let all_there = |missing: usize, _: &mut Counts| {
        if missing == 0 {
            return Ok(());
        }
        let what = format!("{missing} items are not in `{}`", items.name);
        Err(Failure::new(what)
            .exit(contract::Exit::Differs)
            .hint("was it written to meanwhile? run the same command again")
            .into())
    };
    looked_at(archive, table, items, filter, all_there).await
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
    let to_write = |missing: usize, counts: &mut Counts| {
        counts.written += missing as u64;
        Ok(())
    };
    looked_at(archive, table, items, filter, to_write).await
}

/// Compares the archive's items with the table's, some at a time; `of_missing` takes how many of
/// those are not there.
async fn looked_at(
    archive: &Archive,
    table: &TableEntry,
    items: &Items<'_>,
    filter: &Filter,
    of_missing: impl Fn(usize, &mut Counts) -> anyhow::Result<()>,
) -> anyhow::Result<Counts> {
    let mut all = Counts::default();
    for entry in &table.segments {
        let lines = archive.lines(entry, items.key).await?;
        let lines: Vec<&[u8]> = lines.iter().filter(|line| filter.passes(line)).collect();
        for chunk in lines.chunks(READS) {
            let (missing, mut counts) = look(items, chunk).await?;
            of_missing(missing.len(), &mut counts)?;
            all.join(counts);
        }
    }
    Ok(all)
}
