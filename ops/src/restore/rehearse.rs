//! A rehearsal: the archive into scratch tables, compared, timed, and taken away again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use contract::{Failure, outputs};
use jiff::Timestamp;

use super::check::check;
use super::compare::Content;
use super::filter::Filter;
use super::report::TableReport;
use super::route::Route;
use super::scratch;
use super::transfer::Transfer;
use crate::archive::{Archive, TableEntry};
use crate::backup::Live;
use crate::output::note;

/// What a rehearsal showed.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Each table.
    pub tables: Vec<TableReport>,
    /// Supporters who were left out because they were erased.
    pub left_out: u64,
    /// Recovery time: from the first check of the archive to the last comparison.
    pub rto: Duration,
    /// Recovery point: how old the archive's data is now.
    pub rpo: Duration,
}

/// Restores into tables of its own, compares, and deletes them: also where it fails or is
/// interrupted.
///
/// # Errors
/// Where the archive cannot be restored as it is.
pub async fn rehearse(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
) -> anyhow::Result<Rehearsal> {
    let started = Instant::now();
    let expected = check(archive, filter).await?;
    let prefix = live.stack.output(outputs::PREFIX)?;
    scratch::clear_up(live, prefix).await?;
    let routes = routes(archive, &scratch::prefix(prefix), &expected);
    let transfer = Transfer {
        live,
        archive,
        filter,
        routes: &routes,
    };
    let ended = tokio::select! {
        ended = restore(transfer) => ended,
        _ = tokio::signal::ctrl_c() => Err(Failure::new("interrupted").into()),
    };
    let rto = started.elapsed();
    let names: Vec<String> = routes.into_iter().map(|route| route.name).collect();
    let gone = scratch::remove(live, &names).await;
    let tables = ended?;
    gone?;
    Ok(Rehearsal {
        tables,
        left_out: filter.left_out(),
        rto,
        rpo: age(archive),
    })
}

/// How old the archive's data is.
fn age(archive: &Archive) -> Duration {
    let manifest = &archive.manifest;
    let then = manifest.source.data_point(&manifest.started_at).parse();
    let age = then.map(|then| Timestamp::now().duration_since(then));
    let age = age.ok().and_then(|age| Duration::try_from(age).ok());
    age.unwrap_or_default()
}

fn routes<'a>(
    archive: &'a Archive,
    prefix: &str,
    expected: &BTreeMap<String, Content>,
) -> Vec<Route<'a>> {
    let route = |entry: &'a TableEntry| Route {
        entry,
        name: format!("{prefix}-{}", entry.table),
        key: entry.key_names(),
        expected: expected.get(&entry.table).copied().unwrap_or_default(),
    };
    archive.manifest.tables.iter().map(route).collect()
}

async fn restore(transfer: Transfer<'_>) -> anyhow::Result<Vec<TableReport>> {
    note("making scratch tables");
    for route in transfer.routes {
        scratch::create(transfer.live, route).await?;
    }
    for route in transfer.routes {
        scratch::active(transfer.live, &route.name).await?;
    }
    let tables = transfer.write(None, false).await?;
    transfer.reread().await?;
    Ok(tables)
}
