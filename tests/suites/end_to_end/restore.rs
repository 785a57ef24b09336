//! Restores: into what is there and what is not, of everybody, of one, and of nobody who was erased;
//! and rehearsals, which leave nothing behind.

use std::sync::Arc;

use anyhow::{Result, ensure};
use contract::Table;
use platform_tests::archives::{Tables, digests_of};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Fault, Meddle, Meddler, ServiceAnswer};
use platform_tests::keys::key_json;
use platform_tests::program::{self, Ended};
use serde_json::{Value, json};

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    (
        "restore::merging_never_overwrites_and_replacing_saves_first",
        merge_and_replace,
    ),
    (
        "restore::one_supporter_comes_back_and_an_erased_one_does_not",
        one_and_erased,
    ),
    (
        "restore::a_copy_of_the_erasure_list_is_read_where_the_bucket_is_out_of_reach",
        copied_list,
    ),
    ("restore::a_rehearsal_leaves_nothing_behind", rehearsal),
    (
        "restore::what_a_killed_rehearsal_left_goes_with_the_next",
        killed_rehearsal,
    ),
];

fn told(ended: &str) -> Result<Value> {
    Ok(serde_json::from_str(ended)?)
}

fn merge_and_replace(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Merged", 3)?;
    let place = tables.folder();
    let before = tables.backup(&place, &[])?;
    let newer = json!({"userId": {"S": "user-000001"}, "name": {"S": "written since"}});
    tables.put(Table::Users, &newer)?;
    let key = (
        "userId",
        aws_sdk_dynamodb::types::AttributeValue::S("user-000002".into()),
    );
    let delete = tables.platform.aws.dynamodb.delete_item();
    let delete = delete
        .table_name(tables.platform.table(Table::Users))
        .key(key.0, key.1);
    tables.platform.aws.wait(delete.send())?;
    let after = tables.digests()?;

    let dry = [
        "restore",
        "--from",
        &place,
        "--merge",
        "--dry-run",
        "--json",
    ];
    let dry = told(&tables.ops(&dry)?.success()?.stdout)?;
    let expected = json!({"written": 1, "same": 1, "differing": 1});
    ensure!(
        dry["tables"]["Users"] == expected && dry["dryRun"] == true,
        "{dry}"
    );
    ensure!(tables.digests()? == after, "a dry run writes nothing");

    let merge = ["restore", "--from", &place, "--merge", "--json"];
    let merged = told(&tables.ops(&merge)?.success()?.stdout)?;
    ensure!(merged["tables"]["Users"] == expected, "{merged}");
    let names = format!("{:?}", tables.items(Table::Users)?);
    ensure!(
        names.contains("written since") && names.contains("user-000002"),
        "{names}"
    );

    let refused = tables.ops(&["restore", "--from", &place, "--replace"])?;
    ensure!(refused.code == Some(3), "it asks: {refused:?}");
    let replace = ["restore", "--from", &place, "--replace", "--yes", "--json"];
    let replaced = told(&tables.ops(&replace)?.success()?.stdout)?;
    ensure!(
        tables.digests()? == digests_of(&before),
        "not as the archive"
    );
    let saved = replaced["backedUpTo"].as_str().unwrap_or_default();
    tables.ops(&["backup", "verify", saved])?.success()?;
    Ok(())
}

fn one_and_erased(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "OneBack", 3)?;
    let place = tables.folder();
    let all = tables.backup(&place, &[])?;
    tables.empty()?;
    let only = [
        "restore",
        "--from",
        &place,
        "--only",
        "user=user-000002",
        "--json",
    ];
    tables.ops(&only)?.success()?;
    let users = tables.items(Table::Users)?;
    let donations = tables.items(Table::Donations)?;
    let ids = format!("{users:?} {donations:?}");
    ensure!(users.len() == 1 && !ids.contains("user-000001"), "{ids}");
    let again = told(&tables.ops(&only)?.success()?.stdout)?;
    ensure!(
        again["tables"]["Users"] == json!({"written": 0, "same": 1, "differing": 0}),
        "{again}"
    );

    let erase = ["erase-user", "user-000002", "--yes"];
    tables.ops(&erase)?.success()?;
    let refused = tables.ops(&only)?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("erased"),
        "{refused:?}"
    );
    let restored = told(
        &tables
            .ops(&["restore", "--from", &place, "--json"])?
            .success()?
            .stdout,
    )?;
    ensure!(restored["erasedLeftOut"] == 1, "{restored}");
    let left = u64::from(all["tables"][0]["items"] == 3) * 2;
    ensure!(
        tables.items(Table::Users)?.len() as u64 == left,
        "two of three are back"
    );
    Ok(())
}

/// Refuses whatever is asked about lists of erasures.
struct NoLists;

impl Meddle for NoLists {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        let refusal = "<Error><Code>AccessDenied</Code><Message>no lists</Message></Error>";
        let lists = call.action.contains("/erasures/");
        lists.then(|| (403, refusal.to_owned()))
    }
}

/// A restore that meets a proxy.
fn restore_through(meddler: &Meddler, stack: &str, from: &str, more: &[&str]) -> Result<Ended> {
    let target = ["--local", "--stack-name", stack];
    let words = [&["restore", "--from", from, "--json"], &target[..], more].concat();
    program::ended(&mut program::command(meddler.dir(), "ops", &words)?)
}

fn copied_list(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Copied", 3)?;
    let place = tables.folder();
    tables.backup(&place, &[])?;
    let folder = tempfile::tempdir()?;
    let (copy, none) = (folder.path().join("copy.jsonl"), folder.path().join("none"));
    let (copy, none) = (copy.to_string_lossy(), none.to_string_lossy());
    let erase = [
        "erase-user",
        "user-000002",
        "--yes",
        "--erasure-list",
        &copy,
    ];
    tables.ops(&erase)?.success()?;
    tables.empty()?;

    let meddler = Meddler::start(&engine.endpoint, Arc::new(NoLists))?;
    let restore = |more: &[&str]| restore_through(&meddler, tables.platform.stack(), &place, more);
    let refused = restore(&[])?;
    ensure!(
        refused.code == Some(1) && refused.stderr.contains("--erasure-list FILE names a copy"),
        "{refused:?}"
    );
    let absent = restore(&["--erasure-list", &none])?;
    ensure!(absent.code == Some(2), "{absent:?}");
    ensure!(
        tables.items(Table::Users)?.is_empty(),
        "something was written"
    );

    let restored = told(&restore(&["--erasure-list", &copy])?.success()?.stdout)?;
    ensure!(restored["erasedLeftOut"] == 1, "{restored}");
    let back = format!(
        "{:?} {:?}",
        tables.items(Table::Users)?,
        tables.items(Table::Donations)?
    );
    ensure!(
        back.contains("user-000001") && !back.contains("user-000002"),
        "{back}"
    );
    Ok(())
}

fn rehearsal(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Rehearsed", 3)?;
    let place = tables.folder();
    tables.backup(&place, &[])?;
    let before = tables.digests()?;
    let rehearsed = tables.ops(&["restore", "--from", &place, "--rehearse", "--json"])?;
    let rehearsed = told(&rehearsed.success()?.stdout)?;
    ensure!(
        rehearsed["recoverySeconds"].as_f64() > Some(0.0),
        "{rehearsed}"
    );
    ensure!(rehearsed["tables"]["Users"]["written"] == 3, "{rehearsed}");
    ensure!(
        scratch(&tables)?.is_empty() && tables.digests()? == before,
        "something changed"
    );

    let denied = br#"{"__type":"AccessDeniedException","message":"not authorized"}"#;
    tables.proxy.set(|call| match (call.kind, call.nth) {
        ("BatchWriteItem", 2..) => Fault::Answer(400, denied.to_vec()),
        _ => Fault::None,
    });
    let failed = tables.through(&["restore", "--from", &place, "--rehearse"])?;
    ensure!(
        failed.code == Some(1) && failed.stderr.contains("not authorized"),
        "{failed:?}"
    );
    ensure!(
        scratch(&tables)?.is_empty(),
        "scratch tables are left: {failed:?}"
    );
    Ok(())
}

/// Only what is surely nobody's goes: another machine's scratch tables may be in use.
fn killed_rehearsal(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "RehearsalKilled", 3)?;
    let place = tables.folder();
    tables.backup(&place, &[])?;
    let rehearse = ["restore", "--from", &place, "--rehearse"];
    tables.proxy.set(|call| match (call.kind, call.nth) {
        ("BatchWriteItem", 2) => Fault::Kill { after: true },
        _ => Fault::None,
    });
    ensure!(tables.victim(&rehearse)?, "it was not killed");
    tables.proxy.set(|_| Fault::None);
    let left = scratch(&tables)?;
    ensure!(!left.is_empty(), "it left nothing");
    let prefix = tables.platform.prefix();
    let elsewhere = format!("{prefix}-rehearsal-1-00c0ffee-0a1b2c3d-alice-at-laptop-Users");
    let mut table = key_json(Table::Users);
    table.insert("TableName".into(), elsewhere.as_str().into());
    table.insert("BillingMode".into(), "PAY_PER_REQUEST".into());
    tables.call("CreateTable", &table.into())?;

    let again = tables.ops(&rehearse)?.success()?;
    ensure!(
        again.stderr.contains("taking away what it left") && again.stderr.contains(&left[0]),
        "{again:?}"
    );
    ensure!(
        again
            .stderr
            .contains(&format!("delete them then: {elsewhere}")),
        "{again:?}"
    );
    ensure!(scratch(&tables)? == [elsewhere], "not only those went");
    Ok(())
}

fn scratch(tables: &Tables<'_>) -> Result<Vec<String>> {
    let aws = &tables.platform.aws;
    // Other tests' tables fill more than a page.
    let names = aws.dynamodb.list_tables().into_paginator().items().send();
    let mut names = aws.wait(names.collect::<Result<Vec<_>, _>>())?;
    let prefix = format!("{}-rehearsal-", tables.platform.prefix());
    names.retain(|name| name.starts_with(&prefix));
    Ok(names)
}
