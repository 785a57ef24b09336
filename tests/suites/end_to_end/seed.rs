//! `ops seed`: cut off and gone on with, and a team's own files.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use contract::{Table, local};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::rest::Call;
use platform_tests::{poll, program};
use serde_json::Value;

use crate::{Break, Look};

pub const LOOKS: &[(&str, Look)] = &[
    ("seed::a_file_is_loaded_as_it_says", loaded),
    ("seed::a_file_with_mistakes_changes_nothing", mistakes),
];

pub const BREAKS: &[(&str, Break)] = &[("seed::a_killed_seed_goes_on", killed)];

/// Killed as soon as some supporters are whole, twice; then gone on with to the end.
fn killed(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Killed")?;
    let seed = ["seed", "--users", "400", "--json"];
    for round in 1..=2 {
        let mut child = Command::new(program::binary("ops")?)
            .args(seed)
            .args(["--local", "--stack-name", platform.stack()])
            .env(local::DIR_ENV, engine.dir())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let some = poll::until(poll::PATIENCE, || {
            users(&platform).is_ok_and(|users| users > round * 50)
        });
        child.kill()?;
        child.wait()?;
        ensure!(some, "nothing was written before the kill");
    }
    let cut = users(&platform)?;
    let arguments = [&seed[..], &["--resume"]].concat();
    let resumed = written(&platform, &arguments)?;
    ensure!(users(&platform)? == 400, "not all are there");
    ensure!(
        cut == 400 || resumed > 0,
        "nothing was left to do after {cut} of 400"
    );
    // Every item of every supporter is looked for: none is missing.
    ensure!(written(&platform, &seed)? == 0, "something was missing");
    Ok(())
}

/// How many items a seed wrote.
fn written(platform: &Platform, arguments: &[&str]) -> Result<u64> {
    let ended = platform.run("ops", arguments)?.success()?;
    let summary: Value = serde_json::from_str(&ended.stdout)?;
    let tables = summary["tables"].as_object().context("no tables")?;
    Ok(tables
        .values()
        .filter_map(|table| table["written"].as_u64())
        .sum())
}

fn users(platform: &Platform) -> Result<i32> {
    let scan = platform.aws.dynamodb.scan();
    let scan = scan.table_name(platform.table(Table::Users));
    Ok(platform.aws.wait(scan.send())?.count())
}

fn loaded(platform: &Platform) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let people = folder.path().join("people.csv");
    fs::write(
        &people,
        "userId,name,email,preferences.topics\nloaded-1,Ada Love,ada@example.org,diet; sleep\n",
    )?;
    let gifts = folder.path().join("gifts.jsonl");
    fs::write(
        &gifts,
        "{\"table\":\"Donations\",\"userId\":\"loaded-1\",\"donationId\":\"g-1\",\"amount\":1500,\
         \"currency\":\"GBP\",\"donatedAt\":\"2026-01-05T09:00:00Z\"}\n",
    )?;
    for file in [&people, &gifts] {
        let file = file.to_str().context("no path")?;
        let arguments = ["seed", "--json", "--from", file];
        ensure!(
            written(platform, &arguments)? == 1,
            "{file} was not written"
        );
        ensure!(
            written(platform, &arguments)? == 0,
            "{file} was written twice"
        );
    }
    let shown = Call::get(platform, "/profile/loaded-1").send()?.body;
    ensure!(
        shown["profile"]["preferences"]["topics"][1] == "sleep",
        "{shown}"
    );
    ensure!(shown["donationSummary"]["total"]["GBP"] == 1500, "{shown}");
    Ok(())
}

fn mistakes(platform: &Platform) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("gifts.csv");
    fs::write(
        &path,
        "userId,donationId,amount,currency,donatedAt\n\
         refused-1,g-1,1500,GBP,2026-01-05T09:00:00Z\n\
         refused-1,g-2,15.00,GBP,2026-01-05T09:00:00Z\n\
         refused-1,g-3,1500,pounds,yesterday\n",
    )?;
    let file = path.to_str().context("no path")?;
    let arguments = ["seed", "--from", file, "--table", "Donations"];
    let ended = platform.run("ops", &arguments)?;
    ensure!(ended.code == Some(1), "{ended:?}");
    for place in [
        ":3: amount:",
        ":4: currency:",
        ":4: donatedAt:",
        "3 mistakes",
    ] {
        ensure!(ended.stderr.contains(place), "no {place}: {ended:?}");
    }
    ensure!(
        platform.items_of(Table::Donations, "refused-1")? == 0,
        "the good line was written"
    );
    Ok(())
}
