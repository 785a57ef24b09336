//! A place in S3 that two programs want at once: one works, the other learns who does.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use platform_tests::archives::Tables;
use platform_tests::engine::Engine;
use platform_tests::harness::{Fault, Gate};
use platform_tests::poll;
use serde_json::json;

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    (
        "holds::of_two_backups_at_once_the_second_is_refused",
        two_at_once,
    ),
    (
        "holds::a_hold_that_nobody_renewed_is_nobodys",
        lapsed_or_not,
    ),
];

fn two_at_once(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Held", 3)?;
    let place = tables.bucket("held")?;
    let backup = ["backup", "--to", &place, "--table", "Users"];
    let gate = Gate::default();
    let held = gate.clone();
    tables.proxy.set(move |call| match call.kind {
        "Scan" => Fault::Held(held.clone()),
        _ => Fault::None,
    });
    let mut first = tables.command(&backup)?;
    let first = first
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    ensure!(
        poll::until(poll::PATIENCE, || tables.proxy.count("Scan") > 0),
        "the first never reads"
    );
    let second = tables.ops(&backup)?;
    let words = format!("another backup or restore works in {place}: ");
    ensure!(
        second.code == Some(3) && second.stderr.contains(&words),
        "{second:?}"
    );
    gate.open();
    let first = first.wait_with_output()?;
    ensure!(first.status.success(), "{first:?}");
    // It has left the place.
    tables.ops(&backup)?.success().map(drop)
}

fn lapsed_or_not(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Lapsed", 1)?;
    let place = tables.bucket("lapsed")?;
    let backup = ["backup", "--to", &place, "--table", "Users"];
    hold(&tables, "9999-01-01T00:00:00Z")?;
    let refused = tables.ops(&backup)?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("alice at laptop"),
        "{refused:?}"
    );
    hold(&tables, "2026-01-01T00:00:00Z")?;
    tables.ops(&backup)?.success()?;
    let aws = &tables.platform.aws;
    let bucket = tables.artifact_bucket()?;
    let left = aws.s3.head_object().bucket(bucket).key("lapsed/.lock");
    ensure!(aws.wait(left.send()).is_err(), "the hold is still there");
    Ok(())
}

/// Leaves a hold of another machine's.
fn hold(tables: &Tables<'_>, until: &str) -> Result<()> {
    let note = json!({
        "id": "x", "since": "2026-01-01T00:00:00Z", "until": until,
        "holder": {"pid": 1, "user": "alice", "host": "laptop"},
    });
    let aws = &tables.platform.aws;
    let put = aws.s3.put_object().bucket(tables.artifact_bucket()?);
    let put = put.key("lapsed/.lock");
    let put = put.body(note.to_string().into_bytes().into());
    aws.wait(put.send()).context("cannot write the hold")?;
    Ok(())
}
