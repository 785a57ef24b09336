//! Nothing is written before the whole archive is checked.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::compare::Content;
use super::filter::Filter;
use crate::archive::{Archive, Lines};
use crate::progress::Progress;

/// Checks the whole archive; gives what each table should hold.
///
/// # Errors
/// Where the archive is damaged, or cannot be read.
pub(super) async fn check(
    archive: &Archive,
    filter: &Filter,
) -> anyhow::Result<BTreeMap<String, Content>> {
    archive.readable()?;
    let progress = Progress::new("items checked", archive.manifest.items());
    let expected: Mutex<BTreeMap<String, Content>> = Mutex::default();
    let checked = archive
        .verify(|table, lines, items| {
            let mut expected = expected.lock().unwrap_or_else(PoisonError::into_inner);
            let content = expected.entry(table.table.clone()).or_default();
            // What the manifest says of all items was checked just now.
            if !filter.is_open() {
                let lines = lines.into_iter().flat_map(Lines::iter);
                lines
                    .filter(|line| filter.passes(line))
                    .for_each(|line| content.add(line));
            }
            progress.advance(items);
        })
        .await;
    progress.stop();
    checked?;
    let mut expected = expected
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if filter.is_open() {
        for table in &archive.manifest.tables {
            let (items, digest) = (table.items, table.digest);
            expected.insert(table.table.clone(), Content { items, digest });
        }
    }
    Ok(expected)
}
