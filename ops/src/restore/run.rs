//! One restore, from checking the archive to reading the tables again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use contract::{Failure, Table};

use super::compare::{self, Content};
use super::empty::{empty, is_empty};
use super::filter::Filter;
use super::items::Items;
use super::journal::{Begun, Journal};
use super::options::{Mode, Options};
use super::sift::Counts;
use super::write::Writer;
use crate::archive::{Archive, KeyNames, Lines, Place, Recipients, TableEntry};
use crate::backup::{self, Described, Live, Way, describe};
use crate::erasure;
use crate::output::note;
use crate::progress::Progress;
use crate::wire::{Pace, Share};

/// What became of one table.
#[derive(Clone, Debug)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// Its name in the account.
    pub name: String,
    /// What became of its items.
    pub counts: Counts,
}

/// What a restore did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each table.
    pub tables: Vec<TableReport>,
    /// Supporters who were left out because they were erased.
    pub left_out: u64,
    /// Where the tables were backed up before they were replaced.
    pub safety: Option<String>,
    /// Whether an earlier run had begun it.
    pub went_on: bool,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
}

/// A table of the archive and where it goes.
#[derive(Debug)]
pub(super) struct Route<'a> {
    pub entry: &'a TableEntry,
    pub name: String,
    pub key: KeyNames,
    pub expected: Content,
}

/// Restores an archive into the tables of a stack.
///
/// # Errors
/// Where the archive is damaged, a table is not what it should be, or refuses; and where what is read
/// again differs. What was written stays, and the same call goes on there.
pub async fn run(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
    options: &Options,
) -> anyhow::Result<Report> {
    let expected = check(archive, filter).await?;
    let (routes, described) = routes(live, archive, &expected).await?;
    let begun = begun(archive, &described, options);
    let mut journal = Journal::open(options.journal.clone(), &begun).await?;
    if options.mode == Mode::Fresh && !options.looks_first() && !journal.goes_on {
        all_empty(live, &routes).await?;
    }
    let mut report = Report {
        left_out: filter.left_out(),
        went_on: journal.goes_on,
        dry_run: options.dry_run,
        ..Report::default()
    };
    if options.dry_run {
        report.tables = preview(live, archive, filter, options, &routes).await?;
        return Ok(report);
    }
    if let Some(counts) = journal.complete.take() {
        return finished(live, &routes, &journal, counts, report).await;
    }
    if journal.goes_on {
        note("going on with a restore that was interrupted");
    } else if options.mode == Mode::Replace {
        report.safety = Some(save(live, archive, options, &described).await?);
    }
    journal.begin(&begun).await?;
    if options.mode == Mode::Replace && !journal.is_emptied() {
        empty_all(live, &routes).await?;
        journal.emptied().await?;
    }
    let looks_first = options.looks_first();
    report.tables = write(live, archive, filter, &routes, Some(&journal), looks_first).await?;
    if looks_first {
        reread_each(live, archive, filter, &routes, &mut report.tables).await?;
    } else {
        reread(live, &routes).await?;
    }
    let counts = report
        .tables
        .iter()
        .map(|one| (one.table.clone(), one.counts));
    journal.complete(&counts.collect()).await?;
    journal.clear().await?;
    Ok(report)
}

/// The earlier run was complete, and killed before it could say so.
async fn finished(
    live: &Live,
    routes: &[Route<'_>],
    journal: &Journal,
    counts: BTreeMap<String, Counts>,
    mut report: Report,
) -> anyhow::Result<Report> {
    note("an interrupted restore had written everything; nothing is written again");
    let of = |route: &Route<'_>| counts.get(&route.entry.table).copied().unwrap_or_default();
    report.tables = routes.iter().map(|route| route.report(of(route))).collect();
    if report
        .tables
        .iter()
        .all(|one| one.counts.same + one.counts.differing == 0)
    {
        reread(live, routes).await?;
    }
    journal.clear().await?;
    Ok(report)
}

/// Checks the whole archive; gives what each table should hold.
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

async fn routes<'a>(
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

pub(super) fn contract_table(entry: &TableEntry) -> Result<Table, Failure> {
    let unknown = || Failure::new(format!("the platform has no table `{}`", entry.table));
    entry.contract().ok_or_else(unknown)
}

fn begun(archive: &Archive, tables: &[Described], options: &Options) -> Begun {
    let digest = |table: &TableEntry| (table.table.clone(), table.digest.to_string());
    let id = |table: &Described| (table.entry.name.clone(), table.id.clone());
    let only = options.only.as_deref();
    let only = only.map(|user| erasure::fingerprint(&archive.manifest.stack, user));
    Begun {
        archive: archive.manifest.tables.iter().map(digest).collect(),
        tables: tables.iter().map(id).collect(),
        mode: options.mode,
        only,
    }
}

async fn all_empty(live: &Live, routes: &[Route<'_>]) -> anyhow::Result<()> {
    for route in routes {
        if !is_empty(live, &route.name).await? {
            let what = format!("table `{}` is not empty; nothing was written", route.name);
            return Err(Failure::refused(what)
                .hint("--merge writes only what is missing; --replace backs up and deletes what is there")
                .into());
        }
    }
    Ok(())
}

/// What a restore would do.
async fn preview(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
    options: &Options,
    routes: &[Route<'_>],
) -> anyhow::Result<Vec<TableReport>> {
    let pace = Pace::adaptive();
    let mut tables = Vec::new();
    for route in routes {
        let items = route.items(live, &pace);
        let counts = if options.looks_first() {
            compare::preview(archive, route.entry, &items, filter).await?
        } else {
            Counts {
                written: route.expected.items,
                ..Counts::default()
            }
        };
        tables.push(route.report(counts));
    }
    Ok(tables)
}

/// Backs up what is to be replaced.
async fn save(
    live: &Live,
    archive: &Archive,
    options: &Options,
    tables: &[Described],
) -> anyhow::Result<String> {
    note("backing up what is to be replaced");
    let encryption = archive.manifest.encryption.as_ref();
    let recipients = encryption.map_or(&[][..], |one| one.recipients.as_slice());
    let storage = options.safety.clone();
    let options = backup::Options {
        tables: tables.iter().map(|table| table.table).collect(),
        way: Way::Scan(Share::WHOLE),
        recipients: Recipients::parse(recipients)?,
    };
    let finished = backup::run(live, &Place { storage }, &options).await?;
    Ok(finished.storage.describe())
}

async fn empty_all(live: &Live, routes: &[Route<'_>]) -> anyhow::Result<()> {
    let (progress, pace) = (Progress::open("items deleted"), Pace::adaptive());
    for route in routes {
        empty(live, &route.items(live, &pace), &progress).await?;
    }
    progress.finish();
    Ok(())
}

pub(super) async fn write(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
    routes: &[Route<'_>],
    journal: Option<&Journal>,
    looks_first: bool,
) -> anyhow::Result<Vec<TableReport>> {
    let total = routes.iter().map(|route| route.expected.items).sum();
    let progress = Progress::new("items", total);
    let mut tables = Vec::new();
    for route in routes {
        let pace = Pace::adaptive();
        let writer = Writer {
            archive,
            table: route.entry,
            items: route.items(live, &pace),
            filter,
            journal,
            looks_first,
            progress: &progress,
        };
        let counts = writer.run().await;
        if counts.is_err() {
            progress.stop();
        }
        tables.push(route.report(counts?));
    }
    progress.finish();
    Ok(tables)
}

/// Reads all tables again and compares.
pub(super) async fn reread(live: &Live, routes: &[Route<'_>]) -> anyhow::Result<()> {
    let started = Instant::now();
    let total = routes.iter().map(|route| route.expected.items).sum();
    let progress = Progress::new("items read again", total);
    for route in routes {
        let found = compare::read(live, &route.name, &progress).await;
        if found.is_err() {
            progress.stop();
        }
        compare::same(&route.name, route.expected, found?)?;
    }
    progress.stop();
    note(&format!(
        "read again in {}: every table is as the archive",
        crate::progress::duration(started.elapsed())
    ));
    Ok(())
}

/// Reads the archive's items again, where tables may hold others too.
async fn reread_each(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
    routes: &[Route<'_>],
    tables: &mut [TableReport],
) -> anyhow::Result<()> {
    let pace = Pace::adaptive();
    for (route, report) in routes.iter().zip(tables) {
        let items = route.items(live, &pace);
        let found = compare::each(archive, route.entry, &items, filter).await?;
        // Written a moment ago and changed since: somebody's newer item, which stays.
        report.counts.differing = report.counts.differing.max(found.differing);
    }
    note("read again: every item of the archive is there, or was there and differs");
    Ok(())
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

    fn report(&self, counts: Counts) -> TableReport {
        TableReport {
            table: self.entry.table.clone(),
            name: self.name.clone(),
            counts,
        }
    }
}
