//! One restore, from checking the archive to reading the tables again.

use std::collections::BTreeMap;

use contract::Failure;

use super::check::check;
use super::compare;
use super::empty::{empty, is_empty};
use super::filter::Filter;
use super::journal::{Begun, Journal};
use super::options::{Mode, Options};
use super::report::{Report, TableReport};
use super::route::{Route, routes};
use super::sift::Counts;
use super::transfer::Transfer;
use crate::archive::{Archive, Place, Recipients, TableEntry};
use crate::backup::{self, Described, Live, Way};
use crate::erasure;
use crate::output::note;
use crate::progress::Progress;
use crate::wire::{Pace, Share};

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
    let restore = Restore {
        transfer: Transfer {
            live,
            archive,
            filter,
            routes: &routes,
        },
        described: &described,
        options,
    };
    restore.run().await
}

struct Restore<'a> {
    transfer: Transfer<'a>,
    /// The tables of the routes, in their order.
    described: &'a [Described],
    options: &'a Options,
}

impl Restore<'_> {
    async fn run(&self) -> anyhow::Result<Report> {
        let options = self.options;
        let begun = self.begun();
        let mut journal = Journal::open(options.journal.clone(), &begun).await?;
        if options.mode == Mode::Fresh && !options.looks_first() && !journal.goes_on {
            self.all_empty().await?;
        }
        let mut report = Report {
            left_out: self.transfer.filter.left_out(),
            went_on: journal.goes_on,
            dry_run: options.dry_run,
            ..Report::default()
        };
        if options.dry_run {
            report.tables = self.preview().await?;
            return Ok(report);
        }
        if let Some(counts) = journal.complete.take() {
            return self.finished(&journal, counts, report).await;
        }
        report.safety = self.make_room(&mut journal, &begun).await?;
        report.tables = self.write(&journal).await?;
        let counts = report
            .tables
            .iter()
            .map(|one| (one.table.clone(), one.counts));
        journal.complete(&counts.collect()).await?;
        journal.clear().await?;
        Ok(report)
    }

    /// Writes down what begins, and empties what is replaced; gives where that was backed up.
    async fn make_room(
        &self,
        journal: &mut Journal,
        begun: &Begun,
    ) -> anyhow::Result<Option<String>> {
        let replaces = self.options.mode == Mode::Replace;
        let mut safety = None;
        if journal.goes_on {
            note("going on with a restore that was interrupted");
        } else if replaces {
            safety = Some(self.save().await?);
        }
        journal.begin(begun).await?;
        if replaces && !journal.is_emptied() {
            self.empty_all().await?;
            journal.emptied().await?;
        }
        Ok(safety)
    }

    async fn write(&self, journal: &Journal) -> anyhow::Result<Vec<TableReport>> {
        let looks_first = self.options.looks_first();
        let mut tables = self.transfer.write(Some(journal), looks_first).await?;
        if looks_first {
            self.transfer.reread_each(&mut tables).await?;
        } else {
            self.transfer.reread().await?;
        }
        Ok(tables)
    }

    /// The earlier run was complete, and killed before it could say so.
    async fn finished(
        &self,
        journal: &Journal,
        counts: BTreeMap<String, Counts>,
        mut report: Report,
    ) -> anyhow::Result<Report> {
        note("an interrupted restore had written everything; nothing is written again");
        let of = |route: &Route<'_>| counts.get(&route.entry.table).copied().unwrap_or_default();
        report.tables = self
            .transfer
            .routes
            .iter()
            .map(|route| route.report(of(route)))
            .collect();
        if report
            .tables
            .iter()
            .all(|one| one.counts.same + one.counts.differing == 0)
        {
            self.transfer.reread().await?;
        }
        journal.clear().await?;
        Ok(report)
    }

    fn begun(&self) -> Begun {
        let manifest = &self.transfer.archive.manifest;
        let digest = |table: &TableEntry| (table.table.clone(), table.digest.to_string());
        let id = |table: &Described| (table.entry.name.clone(), table.id.clone());
        let only = self.options.only.as_deref();
        let only = only.map(|user| erasure::fingerprint(&manifest.stack, user));
        Begun {
            archive: manifest.tables.iter().map(digest).collect(),
            tables: self.described.iter().map(id).collect(),
            mode: self.options.mode,
            only,
        }
    }

    async fn all_empty(&self) -> anyhow::Result<()> {
        for route in self.transfer.routes {
            if !is_empty(self.transfer.live, &route.name).await? {
                let what = format!("table `{}` is not empty; nothing was written", route.name);
                return Err(Failure::refused(what)
                    .hint("--merge writes only what is missing; --replace backs up and deletes what is there")
                    .into());
            }
        }
        Ok(())
    }

    /// What a restore would do.
    async fn preview(&self) -> anyhow::Result<Vec<TableReport>> {
        let Transfer {
            live,
            archive,
            filter,
            routes,
        } = self.transfer;
        let pace = Pace::adaptive();
        let mut tables = Vec::new();
        for route in routes {
            let items = route.items(live, &pace);
            let counts = if self.options.looks_first() {
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
    async fn save(&self) -> anyhow::Result<String> {
        note("backing up what is to be replaced");
        let encryption = self.transfer.archive.manifest.encryption.as_ref();
        let recipients = encryption.map_or(&[][..], |one| one.recipients.as_slice());
        let storage = self.options.safety.clone();
        let options = backup::Options {
            tables: self.described.iter().map(|table| table.table).collect(),
            way: Way::Scan(Share::WHOLE),
            recipients: Recipients::parse(recipients)?,
        };
        let finished = backup::run(self.transfer.live, &Place { storage }, &options).await?;
        Ok(finished.storage.describe())
    }

    async fn empty_all(&self) -> anyhow::Result<()> {
        let (progress, pace) = (Progress::open("items deleted"), Pace::adaptive());
        let live = self.transfer.live;
        for route in self.transfer.routes {
            empty(live, &route.items(live, &pace), &progress).await?;
        }
        progress.finish();
        Ok(())
    }
}
