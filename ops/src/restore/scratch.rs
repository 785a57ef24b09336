//! Scratch tables: their names say who made them, so that what a killed rehearsal left is known, and
//! taken away.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    Tag,
};
use contract::{Failure, naming};
use deploy_target::{OrExplain, Origin};

use super::route::Route;
use crate::backup::Live;
use crate::output::note;

/// The program that makes scratch tables.
const PROGRAM: &str = "ops";

/// How long a table may take to be there, or gone.
const PATIENCE: Duration = Duration::from_mins(5);
const PAUSE: Duration = Duration::from_millis(500);

/// What the names of this rehearsal's scratch tables begin with: `S-rehearsal-PID-…-USER-at-HOST`.
pub fn prefix(prefix: &str) -> String {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    naming::rehearsal_start(prefix) + &Origin::here().label(&unique[..8])
}

/// Who made a scratch table; `None` where its name does not say.
fn maker(prefix: &str, name: &str) -> Option<Origin> {
    Origin::of_label(naming::rehearsal_label(prefix, name)?)
}

/// Makes the scratch table of a route.
///
/// # Errors
/// Where the service refuses.
pub async fn create(live: &Live, route: &Route<'_>) -> anyhow::Result<()> {
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

/// Waits until a scratch table can be used.
///
/// # Errors
/// Where it takes longer than [`PATIENCE`].
pub async fn active(live: &Live, name: &str) -> anyhow::Result<()> {
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
///
/// # Errors
/// Where one is still there.
pub async fn remove(live: &Live, names: &[String]) -> anyhow::Result<()> {
    let mut left = Vec::new();
    for name in names {
        if let Err(error) = drop_table(live, name).await {
            left.push((name, error));
        }
    }
    match left.into_iter().next() {
        None => {
            note("the scratch tables are gone");
            Ok(())
        }
        Some((name, error)) => Err(Failure::new(format!(
            "the scratch table `{name}` is still there"
        ))
        .because(error)
        .hint("delete it by hand: it holds a copy of supporters' data")
        .into()),
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

/// Takes away the scratch tables that killed rehearsals left, and tells of those that another one may
/// be using.
///
/// # Errors
/// Where the tables cannot be listed, or one that was left cannot be deleted.
pub async fn clear_up(live: &Live, prefix: &str) -> anyhow::Result<()> {
    let start = naming::rehearsal_start(prefix);
    let is_left =
        |name: &String| maker(prefix, name).is_some_and(|maker| maker.is_left_behind(PROGRAM));
    let (left, used): (Vec<String>, Vec<String>) =
        named(live, &start).await?.into_iter().partition(is_left);
    if !used.is_empty() {
        note(&format!(
            "note: another rehearsal runs, or was killed and left these tables; delete them then: {}",
            used.join(", ")
        ));
    }
    if !left.is_empty() {
        note(&format!(
            "a rehearsal of yours was killed; taking away what it left: {}",
            left.join(", ")
        ));
        remove(live, &left).await?;
    }
    Ok(())
}

async fn named(live: &Live, start: &str) -> anyhow::Result<Vec<String>> {
    let mut pages = live.clients.dynamodb.list_tables().into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.or_explain(&live.target, "cannot list the tables")?;
        let names = page.table_names().iter();
        found.extend(names.filter(|name| name.starts_with(start)).cloned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_scratch_table_says_who_made_it() {
        let name = format!("{}-Users", prefix("Blue"));
        assert_eq!(maker("Blue", &name), Some(Origin::here()));
        assert!(name.len() < 255, "what DynamoDB takes");
        // Made by an earlier version, or by hand.
        for other in [
            "Blue-rehearsal-0a1b2c3d-Users",
            "Blue-rehearsal-x",
            "Blue-Users",
        ] {
            assert_eq!(maker("Blue", other), None, "{other}");
        }
    }
}
