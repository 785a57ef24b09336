//! What a supporter may ask for: all that is kept about them, and that nothing is.

use std::fs;

use anyhow::{Context, Result, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::program::Ended;
use serde_json::Value;

use crate::{Break, Look};

pub const LOOKS: &[(&str, Look)] = &[
    ("rights::an_export_has_every_page", export),
    ("rights::an_export_of_nobody_says_so", export_of_nobody),
];

pub const BREAKS: &[(&str, Break)] = &[("rights::erased_is_gone_from_all_tables", erase)];

/// A supporter's item with so much text that a thousand of them are more than one page (1 MB).
fn long_interaction(user: &str, number: usize) -> [(&'static str, AttributeValue); 3] {
    [
        ("userId", AttributeValue::S(user.into())),
        (
            "timestamp",
            AttributeValue::S(format!("2026-01-01T00:00:00.000Z#{number:06}")),
        ),
        ("message", AttributeValue::S("x".repeat(20_000))),
    ]
}

fn export(platform: &Platform) -> Result<()> {
    let user = "export-me";
    platform.put_supporter(user)?;
    for number in 0..80 {
        let mut put = platform.aws.dynamodb.put_item();
        put = put.table_name(platform.table(Table::Interactions));
        for (name, value) in long_interaction(user, number) {
            put = put.item(name, value);
        }
        platform.aws.wait(put.send())?;
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("me.json");
    let file = path.to_str().context("no path")?;
    let arguments = ["export-user", user, "--to", file];
    platform.run("ops", &arguments)?.success()?;
    let document: Value = serde_json::from_slice(&fs::read(&path)?)?;
    ensure!(document["profile"]["userId"] == user, "{document:#}");
    ensure!(
        document["interactions"].as_array().map(Vec::len) == Some(80)
            && document["items"]["Interactions"] == 80,
        "{}",
        document["items"]
    );
    let again = platform.run("ops", &arguments)?;
    ensure!(again.code == Some(3), "a file was replaced: {again:?}");
    Ok(())
}

fn export_of_nobody(platform: &Platform) -> Result<()> {
    let ended = platform.run("ops", &["export-user", "nobody-at-all", "--to", "-"])?;
    ensure!(
        ended.code == Some(1) && ended.stderr.contains("hint: ") && ended.stdout.is_empty(),
        "{ended:?}"
    );
    Ok(())
}

fn erase(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Erase")?;
    let user = "user-000001";
    let put = platform.aws.dynamodb.put_item();
    let put = put
        .table_name(platform.table(Table::Sessions))
        .item("sessionId", AttributeValue::S("a-session".into()))
        .item("userId", AttributeValue::S(user.into()))
        .item("expiresAt", AttributeValue::N("4000000000".into()));
    platform.aws.wait(put.send())?;
    let before = total(&platform)?;
    let unconfirmed = platform.run("ops", &["erase-user", user])?;
    ensure!(unconfirmed.code == Some(3), "{unconfirmed:?}");
    let dry = platform.run("ops", &["erase-user", user, "--dry-run"])?;
    ensure!(dry.success()?.stdout.contains("1 in Users"), "no counts");
    ensure!(total(&platform)? == before, "erased without a yes");

    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("erasures.jsonl");
    let copy_name = copy.to_str().context("no path")?;
    let arguments = [
        "erase-user",
        user,
        "--yes",
        "--json",
        "--erasure-list",
        copy_name,
    ];
    let ended = platform.run("ops", &arguments)?.success()?;
    let line = nameless(&ended, user)?;
    let erased: u64 = line["items"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, count)| count.as_u64())
        .sum();
    ensure!(line["items"]["Sessions"] == 1, "{line}");
    ensure!(line["left"] == 0, "{line}");
    ensure!(
        before - total(&platform)? == i64::try_from(erased)?,
        "{line}: other items went, or some stayed"
    );
    ensure!(ended.stderr.contains("point-in-time"), "{ended:?}");
    let list = fs::read_to_string(&copy)?;
    let person = line["person"].as_str().context("no person")?;
    ensure!(list.contains(person) && !list.contains(user), "{list}");
    let gone = platform.run("ops", &["export-user", user, "--to", "-"])?;
    ensure!(gone.code == Some(1), "still there: {gone:?}");
    // A second one joins the list that the first began.
    let arguments = [
        "erase-user",
        "user-000002",
        "--yes",
        "--erasure-list",
        copy_name,
    ];
    platform.run("ops", &arguments)?.success()?;
    ensure!(
        fs::read_to_string(&copy)?.lines().count() == 2,
        "one is missing"
    );
    Ok(())
}

/// The audit line, which names nobody.
fn nameless(ended: &Ended, user: &str) -> Result<Value> {
    let line: Value = serde_json::from_str(&ended.stdout)?;
    ensure!(
        !ended.stdout.contains(user) && !ended.stderr.contains(user),
        "the person is named: {ended:?}"
    );
    Ok(line)
}

/// Items in all tables together.
fn total(platform: &Platform) -> Result<i64> {
    let mut total = 0;
    for table in Table::ALL {
        let scan = platform.aws.dynamodb.scan();
        let scan = scan.table_name(platform.table(table)).into_paginator();
        let pages = platform.aws.wait(async {
            let mut pages = scan.send();
            let mut count = 0;
            while let Some(page) = pages.next().await {
                count += i64::from(page?.count());
            }
            anyhow::Ok(count)
        })?;
        total += pages;
    }
    Ok(total)
}
