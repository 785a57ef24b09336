//! The second pass over a file that has no mistake: only what is missing is written.

use std::collections::BTreeMap;
use std::path::Path;

use contract::{Failure, Table};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::check::check;
use super::read::lines;
use crate::item::{Item, to_item};
use crate::progress::Progress;
use crate::seed::store::Store;
use crate::seed::writer::{Summary, Writer};

/// Records that are looked up and written together.
const CHUNK: usize = 200;

/// Chunks under way at once.
const CONCURRENT: usize = 4;

/// Writes the records of `path` that are not there yet; those that are stay as they are.
///
/// # Errors
/// Where the file changed since it was checked, or the store fails. What was written stays, and a
/// second run goes on there.
pub async fn write<S: Store>(
    writer: &Writer<'_, S>,
    path: &Path,
    table: Table,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let items = lines(path, table)?.map(|line| {
        let (number, record) = line?;
        let changed = || {
            let file = path.display();
            Failure::new(format!("{file}:{number} changed since it was checked"))
        };
        let (table, item) = check(record.map_err(|_| changed())?, table).map_err(|_| changed())?;
        Ok((table, to_item(&item)?))
    });
    stream::iter(Chunks(items))
        .map(|chunk: anyhow::Result<Vec<(Table, Item)>>| async move {
            let mut tables: BTreeMap<Table, Vec<Item>> = BTreeMap::new();
            let chunk = chunk?;
            let count = chunk.len() as u64;
            for (table, item) in chunk {
                tables.entry(table).or_default().push(item);
            }
            for (table, items) in tables {
                writer.put_missing(table, items).await?;
            }
            progress.advance(count);
            anyhow::Ok(())
        })
        .buffer_unordered(CONCURRENT)
        .try_collect::<()>()
        .await?;
    Ok(writer.summary())
}

/// [`CHUNK`] results at a time; an error ends its chunk.
struct Chunks<I>(I);

impl<T, I: Iterator<Item = anyhow::Result<T>>> Iterator for Chunks<I> {
    type Item = anyhow::Result<Vec<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk: anyhow::Result<Vec<T>> = self.0.by_ref().take(CHUNK).collect();
        match chunk {
            Ok(chunk) if chunk.is_empty() => None,
            chunk => Some(chunk),
        }
    }
}
