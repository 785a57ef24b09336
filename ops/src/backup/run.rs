//! One backup, from its first read to its manifest.

use std::collections::BTreeMap;

use anyhow::Context;
use contract::Table;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::checkpoint::{Begun, Checkpoints, Part};
use super::scan::{Job, PARTS};
use super::tables::{Described, describe};
use super::{Live, Options, Way, export};
use crate::archive::{
    CHECKPOINTS, Encryption, MANIFEST, Manifest, Place, SegmentEntry, Source, Storage, TableEntry,
    archive_name,
};
use crate::output::note;
use crate::progress::Progress;
use crate::wire::{Pace, Share};

/// Parts that are read at once; with the size of a segment, what bounds memory.
const AT_ONCE: usize = 2;

/// The segments of each table.
pub type Segments = BTreeMap<Table, Vec<SegmentEntry>>;

/// A finished backup.
#[derive(Debug)]
pub struct Finished {
    /// Where the archive is.
    pub storage: Storage,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// Backs up into a new archive of `place`, or goes on with the one that the same backup left
/// unfinished.
///
/// # Errors
/// Where a table cannot be read, or the archive not be written. What was written stays, and the
/// same call goes on there.
pub async fn run(live: &Live, place: &Place, options: &Options) -> anyhow::Result<Finished> {
    let mut tables = Vec::new();
    for &table in &options.tables {
        tables.push(describe(live, table, &live.table(table)?).await?);
    }
    let now = Timestamp::now();
    let begun = begun(live, options, &tables, now);
    let name = archive_name(&live.target.stack, now);
    let mut checkpoints = Checkpoints::open(place, &begun, name).await?;
    note(&match checkpoints.items() {
        0 => format!("archive {}", checkpoints.storage.describe()),
        items => format!(
            "going on with {} ({items} items are there)",
            checkpoints.storage.describe()
        ),
    });
    let (segments, source) = match &options.way {
        Way::Scan(share) => {
            let segments = scan(live, options, &tables, &mut checkpoints, *share).await?;
            let point_in_time = false;
            (segments, Source::Scan { point_in_time })
        }
        Way::Pitr { at, bucket, keep } => {
            let job =
                export::Job::open(live, options, &checkpoints, *at, bucket.as_deref()).await?;
            let segments = job.run(&tables, &mut checkpoints).await?;
            if !*keep {
                job.clean().await?;
            }
            (segments, job.source())
        }
    };
    let mut manifest = Manifest::new(&live.target.stack, live.target.region(), source);
    manifest.started_at.clone_from(&checkpoints.started_at);
    finish(&checkpoints.storage, manifest, options, tables, segments).await
}

fn begun(live: &Live, options: &Options, tables: &[Described], now: Timestamp) -> Begun {
    let source = match &options.way {
        Way::Scan(_) => "scan".to_owned(),
        Way::Pitr { at: None, .. } => "pitr".to_owned(),
        Way::Pitr { at: Some(at), .. } => format!("pitr {at}"),
    };
    let id = |table: &Described| (table.table.name().to_owned(), table.id.clone());
    Begun {
        stack: live.target.stack.clone(),
        region: live.target.region().to_owned(),
        tables: tables.iter().map(id).collect(),
        source,
        recipients: options.recipients.names(),
        tool: env!("OPS_COMMIT").to_owned(),
        started_at: seconds(now),
    }
}

/// `2026-11-23T22:13:25Z`
pub(super) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

async fn scan(
    live: &Live,
    options: &Options,
    tables: &[Described],
    checkpoints: &mut Checkpoints,
    share: Share,
) -> anyhow::Result<Segments> {
    let paces: Vec<Pace> = tables
        .iter()
        .map(|table| Pace::limited(share.of(table.reads)))
        .collect();
    let there = checkpoints.items();
    let expected: u64 = tables.iter().map(|table| table.items).sum();
    let progress = Progress::new("items", expected.max(there));
    progress.skip(there);
    let storage = checkpoints.storage.clone();
    let parts = parts(tables, checkpoints);
    let jobs = stream::iter(parts).map(|(index, number, part)| {
        let (table, pace) = (&tables[index], &paces[index]);
        let (storage, progress) = (&storage, &progress);
        async move {
            let job = Job {
                live,
                options,
                storage,
                pace,
                progress,
            };
            let segments = job.part(table, number, part).await?;
            anyhow::Ok((table.table, segments))
        }
    });
    let mut segments = Segments::new();
    let collect = |(table, more): (Table, Vec<SegmentEntry>)| {
        segments.entry(table).or_default().extend(more);
        futures::future::ready(Ok(()))
    };
    let read = jobs.buffer_unordered(AT_ONCE).try_for_each(collect).await;
    match read {
        Ok(()) => progress.finish(),
        Err(_) => progress.stop(),
    }
    read.map(|()| segments)
}

/// What is left of each table: its index, the part's number, and what is known of it.
fn parts(tables: &[Described], checkpoints: &mut Checkpoints) -> Vec<(usize, u32, Part)> {
    let mut parts = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        for number in 0..PARTS {
            let part = checkpoints.take(table.table.name(), number);
            parts.push((index, number, part));
        }
    }
    parts
}

/// Writes the manifest when nothing else is left to do; then takes the checkpoints away.
async fn finish(
    storage: &Storage,
    mut manifest: Manifest,
    options: &Options,
    tables: Vec<Described>,
    mut segments: Segments,
) -> anyhow::Result<Finished> {
    let recipients = options.recipients.names();
    manifest.sessions = options.tables.contains(&Table::Sessions);
    manifest.encryption = (!recipients.is_empty()).then(|| Encryption {
        with: "age".to_owned(),
        recipients,
    });
    manifest.tables = tables
        .into_iter()
        .map(|table| {
            let mut written = segments.remove(&table.table).unwrap_or_default();
            written.sort_by(|one, other| one.file.cmp(&other.file));
            table.entry.with(written)
        })
        .collect();
    sweep(storage, &manifest.tables).await?;
    manifest.ended_at = seconds(Timestamp::now());
    storage.put(MANIFEST, manifest.to_bytes()?).await?;
    Checkpoints::clear(storage).await?;
    Ok(Finished {
        storage: storage.clone(),
        manifest,
    })
}

/// Deletes what a killed run wrote and did not note: it was written again under another name.
async fn sweep(storage: &Storage, tables: &[TableEntry]) -> anyhow::Result<()> {
    let segments = || tables.iter().flat_map(|table| &table.segments);
    let below = format!("{CHECKPOINTS}/");
    for (file, bytes) in storage.list().await? {
        match segments().find(|segment| segment.file == file) {
            Some(segment) if segment.stored_bytes == bytes => {}
            Some(_) => anyhow::bail!("{file} was changed while the backup ran"),
            None if file.starts_with(&below) => {}
            None => storage
                .delete(&file)
                .await
                .context("cannot sweep the archive")?,
        }
    }
    Ok(())
}
