//! Items from the archive to tables, and read again: nothing is believed to be written before.

use std::time::Instant;

use super::compare;
use super::filter::Filter;
use super::journal::Journal;
use super::report::TableReport;
use super::route::Route;
use super::write::Writer;
use crate::archive::Archive;
use crate::backup::Live;
use crate::output::note;
use crate::progress::{Progress, duration};
use crate::wire::Pace;

/// What goes where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transfer<'a> {
    pub live: &'a Live,
    pub archive: &'a Archive,
    pub filter: &'a Filter,
    pub routes: &'a [Route<'a>],
}

impl Transfer<'_> {
    /// Writes all tables.
    ///
    /// # Errors
    /// Where one refuses.
    pub async fn write(
        &self,
        journal: Option<&Journal>,
        looks_first: bool,
    ) -> anyhow::Result<Vec<TableReport>> {
        let total = self.routes.iter().map(|route| route.expected.items).sum();
        let progress = Progress::new("items", total);
        let mut tables = Vec::new();
        for route in self.routes {
            let pace = Pace::adaptive();
            let writer = Writer {
                archive: self.archive,
                table: route.entry,
                items: route.items(self.live, &pace),
                filter: self.filter,
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
    ///
    /// # Errors
    /// Where one is not as the archive.
    pub async fn reread(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let total = self.routes.iter().map(|route| route.expected.items).sum();
        let progress = Progress::new("items read again", total);
        for route in self.routes {
            let found = compare::read(self.live, &route.name, &progress).await;
            if found.is_err() {
                progress.stop();
            }
            compare::same(&route.name, route.expected, found?)?;
        }
        progress.stop();
        note(&format!(
            "read again in {}: every table is as the archive",
            duration(started.elapsed())
        ));
        Ok(())
    }

    /// Reads the archive's items again, where tables may hold others too.
    ///
    /// # Errors
    /// Where one is missing.
    pub async fn reread_each(&self, tables: &mut [TableReport]) -> anyhow::Result<()> {
        let pace = Pace::adaptive();
        for (route, report) in self.routes.iter().zip(tables) {
            let items = route.items(self.live, &pace);
            let found = compare::each(self.archive, route.entry, &items, self.filter).await?;
            // Written a moment ago and changed since: somebody's newer item, which stays.
            report.counts.differing = report.counts.differing.max(found.differing);
        }
        note("read again: every item of the archive is there, or was there and differs");
        Ok(())
    }
}
