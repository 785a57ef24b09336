//! A rehearsal: the archive into scratch tables, compared, timed, and taken away again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    Tag,
};
use contract::{Failure, naming, outputs};
use deploy_target::OrExplain;
use jiff::Timestamp;

use super::compare::Content;
use super::filter::Filter;
use super::run::{Route, TableReport, check, reread, write};
use crate::archive::{Archive, TableEntry};
use crate::backup::Live;
use crate::output::note;

/// How long a table may take to be there, or gone.
const PATIENCE: Duration = Duration::from_mins(5);
const PAUSE: Duration = Duration::from_millis(500);

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
    let prefix = format!("{}-rehearsal-", live.stack.output(outputs::PREFIX)?);
    left_over(live, &prefix).await?;
    let run: String = uuid::Uuid::new_v4().simple().to_string();
    let routes = routes(archive, &format!("{prefix}{}", &run[..8]), &expected);
    let ended = tokio::select! {
        ended = restore(live, archive, filter, &routes) => ended,
        _ = tokio::signal::ctrl_c() => Err(Failure::new("interrupted").into()),
    };
    let rto = started.elapsed();
    let gone = remove(live, &routes).await;
    let tables = ended?;
    gone?;
    let data_point = archive
        .manifest
        .source
        .data_point(&archive.manifest.started_at);
    let age = data_point
        .parse()
        .map(|then| Timestamp::now().duration_since(then));
    let rpo = age.ok().and_then(|age| Duration::try_from(age).ok());
    Ok(Rehearsal {
        tables,
        left_out: filter.left_out(),
        rto,
        rpo: rpo.unwrap_or_default(),
    })
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

async fn restore(
    live: &Live,
    archive: &Archive,
    filter: &Filter,
    routes: &[Route<'_>],
) -> anyhow::Result<Vec<TableReport>> {
    note("making scratch tables");
    for route in routes {
        create(live, route).await?;
    }
    for route in routes {
        active(live, &route.name).await?;
    }
    let tables = write(live, archive, filter, routes, None, false).await?;
    reread(live, routes).await?;
    Ok(tables)
}

async fn create(live: &Live, route: &Route<'_>) -> anyhow::Result<()> {
    let what = format!("cannot make the scratch table `{}`", route.name);
    let mut call = live
        .clients
        .dynamodb
        .create_table()
        .table_name(&route.name)
        .billing_mode(BillingMode::PayPerRequest);
    for (index, part) in route.entry.key.iter().enumerate() {
        let role = if index == 0 {
            KeyType::Hash
        } else {
            KeyType::Range
        };
        let kind = ScalarAttributeType::from(part.kind.as_str());
        let schema = KeySchemaElement::builder()
            .attribute_name(&part.name)
            .key_type(role);
        let named = AttributeDefinition::builder().attribute_name(&part.name);
        call = call
            .key_schema(schema.build()?)
            .attribute_definitions(named.attribute_type(kind).build()?);
    }
    let tag = Tag::builder()
        .key(naming::PROJECT_TAG)
        .value(naming::PROJECT)
        .build()?;
    call.tags(tag).send().await.or_explain(&live.target, what)?;
    Ok(())
}

async fn active(live: &Live, name: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if status(live, name).await? == Some(TableStatus::Active) {
            return Ok(());
        }
        if Instant::now() > deadline {
            let what = format!("the scratch table `{name}` is not ready after {PATIENCE:?}");
            return Err(Failure::new(what).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn status(live: &Live, name: &str) -> anyhow::Result<Option<TableStatus>> {
    let call = live
        .clients
        .dynamodb
        .describe_table()
        .table_name(name)
        .send();
    let what = format!("cannot see the scratch table `{name}`");
    let found = call.await.found_or_explain(&live.target, what)?;
    Ok(found
        .and_then(|one| one.table)
        .and_then(|table| table.table_status))
}

/// Deletes all scratch tables; goes on where one cannot be deleted, and names it.
async fn remove(live: &Live, routes: &[Route<'_>]) -> anyhow::Result<()> {
    let mut left = Vec::new();
    for route in routes {
        if let Err(error) = drop_table(live, &route.name).await {
            left.push((route.name.clone(), error));
        }
    }
    match left.into_iter().next() {
        None => {
            note("the scratch tables are gone");
            Ok(())
        }
        Some((name, error)) => Err(error.context(
            Failure::new(format!("the scratch table `{name}` is still there"))
                .hint("delete it by hand: it holds a copy of supporters' data"),
        )),
    }
}

/// A table may only be deleted when it is there whole: one that is being made is waited for.
async fn drop_table(live: &Live, name: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match status(live, name).await? {
            None => return Ok(()),
            Some(TableStatus::Active) => {
                let call = live.clients.dynamodb.delete_table().table_name(name).send();
                let what = format!("cannot delete the scratch table `{name}`");
                call.await.found_or_explain(&live.target, what)?;
            }
            Some(_) if Instant::now() > deadline => {
                anyhow::bail!("it is neither there nor gone after {PATIENCE:?}");
            }
            Some(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Tells of scratch tables that a killed rehearsal left (or that another one is using).
async fn left_over(live: &Live, prefix: &str) -> anyhow::Result<()> {
    let mut pages = live.clients.dynamodb.list_tables().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.or_explain(&live.target, "cannot list the tables")?;
        let names = page.table_names().iter();
        found.extend(names.filter(|name| name.starts_with(prefix)).cloned());
    }
    if !found.is_empty() {
        note(&format!(
            "note: another rehearsal runs, or was killed and left these tables; delete them then: {}",
            found.join(", ")
        ));
    }
    Ok(())
}
