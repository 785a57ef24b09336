//! From a table of the archive to one of the stack.

use std::collections::BTreeMap;

use contract::{Failure, Table};

use super::compare::Content;
use super::items::Items;
use super::report::TableReport;
use super::sift::Counts;
use crate::archive::{Archive, KeyNames, TableEntry};
use crate::backup::{Described, Live, describe};
use crate::wire::Pace;

/// A table of the archive and where it goes.
#[derive(Debug)]
pub(super) struct Route<'a> {
    pub entry: &'a TableEntry,
    pub name: String,
    pub key: KeyNames,
    pub expected: Content,
}

impl<'a> Route<'a> {
    pub(super) fn items(&'a self, live: &'a Live, pace: &'a Pace) -> Items<'a> {
        Items {
            wire: &live.wire,
            target: &live.target,
            name: &self.name,
            key: &self.key,
            pace,
        }
    }

    pub(super) fn report(&self, counts: Counts) -> TableReport {
        TableReport {
            table: self.entry.table.clone(),
            name: self.name.clone(),
            counts,
        }
    }
}

/// The tables of the stack that the archive's go to, each with its description.
///
/// # Errors
/// Where there is none, or it has another key.
pub(super) async fn routes<'a>(
    live: &Live,
    archive: &'a Archive,
    expected: &BTreeMap<String, Content>,
) -> anyhow::Result<(Vec<Route<'a>>, Vec<Described>)> {
    let (mut routes, mut described) = (Vec::new(), Vec::new());
    for entry in &archive.manifest.tables {
        let table = contract_table(entry)?;
        let found = describe(live, table, &live.table(table)?).await?;
        if found.entry.key != entry.key {
            return Err(Failure::refused(format!(
                "table `{}` has another key than the archive's {}",
                found.entry.name, entry.table
            ))
            .hint("restore with the program version that wrote the archive")
            .into());
        }
        routes.push(Route {
            entry,
            name: found.entry.name.clone(),
            key: entry.key_names(),
            expected: expected.get(&entry.table).copied().unwrap_or_default(),
        });
        described.push(found);
    }
    Ok((routes, described))
}

fn contract_table(entry: &TableEntry) -> Result<Table, Failure> {
    let unknown = || Failure::new(format!("the platform has no table `{}`", entry.table));
    entry.contract().ok_or_else(unknown)
}
