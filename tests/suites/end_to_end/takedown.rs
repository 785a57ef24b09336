//! Taking a platform down: what is asked for, what goes, what stays, and back to before.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use contract::{Function, Table};
use platform_tests::engine::Engine;
use platform_tests::harness::Meddler;
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};
use platform_tests::smoke::Said;

use super::survives::{Lost, mixed_up, through};
use crate::{Alone, Break};

pub const ALONE: &[(&str, Alone)] = &[(
    "takedown::the_last_stack_takes_the_bucket_and_the_bootstrap_stack_with_it",
    last,
)];

pub const TESTS: &[(&str, Break)] = &[
    (
        "takedown::data_are_deleted_only_for_the_stacks_name_typed_out",
        typed_out,
    ),
    (
        "takedown::data_are_not_deleted_before_their_backup_is_taken",
        backed_up,
    ),
    (
        "takedown::a_deployment_that_smoke_refuses_gives_way_to_the_one_before",
        smoke_refuses,
    ),
    (
        "takedown::a_deployment_that_failed_leaves_the_one_before_reachable",
        failed_between,
    ),
];

/// How many of the platform's tables are there.
fn tables(platform: &Platform) -> usize {
    let there = |table: Table| {
        let name = platform.table(table);
        let call = platform.aws.dynamodb.describe_table().table_name(name);
        platform.aws.wait(call.send()).is_ok()
    };
    Table::ALL.into_iter().filter(|&table| there(table)).count()
}

fn destroy(platform: &Platform, more: &[&str]) -> Result<Ended> {
    platform.run("provision", &[&["destroy"], more].concat())
}

fn typed_out(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Doomed")?;
    for wrong in [
        &["--yes", "--delete-data", "--no-backup"][..],
        &["--delete-data", "--no-backup", "--confirm-name", "doomed"],
        &[
            "--yes",
            "--delete-data",
            "--no-backup",
            "--confirm-name",
            "Other",
        ],
    ] {
        let refused = destroy(&platform, wrong)?;
        ensure!(refused.code == Some(3), "{wrong:?}: {refused:?}");
        platform.verify()?.success().context("it was touched")?;
    }
    let right = ["--delete-data", "--no-backup", "--confirm-name", "Doomed"];
    let gone = destroy(&platform, &right)?.success()?;
    ensure!(tables(&platform) == 0, "tables are left: {gone:?}");
    for words in [
        "deleted with all data: Doomed-Users",
        "  bucket ",
        "stack SupporterEngagementBootstrap",
    ] {
        ensure!(gone.stdout.contains(words), "no `{words}`: {gone:?}");
    }
    let again = destroy(&platform, &right)?;
    ensure!(
        again.code == Some(1) && again.stderr.contains("there is no stack Doomed"),
        "{again:?}"
    );
    // Another stack is there: what all share is left alone.
    let shared = destroy(&platform, &["--yes", "--with-bootstrap"])?;
    ensure!(
        shared.code == Some(3) && shared.stderr.contains("SupporterEngagementStack"),
        "{shared:?}"
    );
    Ok(())
}

/// With an `ops` that takes backups, there is one before the data go; without, they stay.
fn backed_up(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Saved")?;
    let folder = tempfile::tempdir()?;
    let to = folder.path().join("saved");
    let named = ["--delete-data", "--confirm-name", "Saved", "--backup-to"];
    let to_text = to.to_string_lossy();
    let ended = destroy(&platform, &[&named[..], &[&*to_text]].concat())?;
    let can = program::run(engine, "ops", &["backup", "--help"])?.code == Some(0);
    if !can {
        ensure!(ended.code == Some(3), "{ended:?}");
        ensure!(ended.stderr.contains("--no-backup"), "{ended:?}");
        ensure!(
            tables(&platform) == Table::ALL.len(),
            "tables are gone: {ended:?}"
        );
        return platform.verify()?.success().map(drop);
    }
    let ended = ended.success()?;
    ensure!(ended.stdout.contains(&*to_text), "{ended:?}");
    ensure!(std::fs::read_dir(&to)?.next().is_some(), "an empty backup");
    ensure!(tables(&platform) == 0, "tables are left: {ended:?}");
    Ok(())
}

/// What is left by `destroy` alone can be deleted later, and then the region is clean.
fn last() -> Result<()> {
    let engine = Engine::start()?;
    let platform = Platform::deploy(&engine, "Last")?;
    let kept = destroy(&platform, &["--yes"])?.success()?;
    ensure!(
        kept.stdout.contains("table Last-Users, about 5 items"),
        "{kept:?}"
    );
    ensure!(kept.stdout.contains("--delete-data"), "{kept:?}");
    ensure!(tables(&platform) == Table::ALL.len(), "{kept:?}");
    let without = destroy(&platform, &["--delete-data", "--confirm-name", "Last"])?;
    ensure!(
        without.code == Some(3),
        "no backup without the stack: {without:?}"
    );
    let all = [
        "--delete-data",
        "--confirm-name",
        "Last",
        "--no-backup",
        "--with-bootstrap",
    ];
    let gone = destroy(&platform, &all)?.success()?;
    ensure!(tables(&platform) == 0, "{gone:?}");
    ensure!(
        gone.stdout.contains("nothing that costs anything stays"),
        "{gone:?}"
    );
    // And from nothing again.
    platform.apply()?.success()?;
    platform.verify()?.success().map(drop)
}

fn smoke_refuses(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Returns")?;
    let before = live(&platform)?;
    let broken = mixed_up(Function::GetProfile, Function::WsConnect)?;
    let broken = broken.path().to_string_lossy();
    let more = [
        "apply",
        "--yes",
        "--package",
        &broken,
        "--log-retention-days",
        "7",
    ];
    platform.run("provision", &more)?.success()?;
    ensure!(live(&platform)? != before, "nothing changed");
    let said = Said::by_smoke(&platform, &["REST-2"])?;
    ensure!(said.code == Some(1), "smoke passes: {said:?}");

    let back = platform
        .run("provision", &["rollback", "--previous", "--yes"])?
        .success()?;
    ensure!(
        back.stdout
            .contains("what it was before its last deployment"),
        "{back:?}"
    );
    let after = live(&platform)?;
    ensure!(after == before, "{after:?}\nis not\n{before:?}");
    let said = Said::by_smoke(&platform, &["REST-2"])?;
    ensure!(said.code == Some(0), "{said:?}");
    platform.verify()?.success().map(drop)
}

/// One good deployment upon another, then one that is rolled back: the first is still what the second
/// came after.
fn failed_between(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Between")?;
    let before = live(&platform)?;
    let packages = program::packages()?;
    let deploy = |package: &str, days: &str| {
        let arguments = ["apply", "--yes", "--package", package];
        platform.run(
            "provision",
            &[&arguments[..], &["--log-retention-days", days]].concat(),
        )
    };
    deploy(&packages, "7")?.success()?;
    let after = live(&platform)?;
    let lost = Arc::new(Lost::default());
    let meddler = Meddler::start(&engine.endpoint, lost.clone())?;
    // A pair of no other test: what one has uploaded, another would find.
    let broken = mixed_up(Function::GetProfile, Function::WsMessage)?;
    let broken = broken.path().to_string_lossy();
    lost.lose();
    let failing = ["apply", "--yes", "--package", &broken];
    let failed = through(&meddler, platform.stack(), &failing)?;
    ensure!(failed.code == Some(1), "{failed:?}");
    ensure!(live(&platform)? == after, "it was not rolled back");

    let back = ["rollback", "--previous", "--yes"];
    platform.run("provision", &back)?.success()?;
    let now = live(&platform)?;
    ensure!(now == before, "{now:?}\nis not\n{before:?}");
    // And forth again: what was left is now the one before.
    platform.run("provision", &back)?.success()?;
    let now = live(&platform)?;
    ensure!(now == after, "{now:?}\nis not\n{after:?}");
    Ok(())
}

/// The template, the parameters and the functions' code, as the services have them.
fn live(platform: &Platform) -> Result<(String, Vec<String>, Vec<String>)> {
    let (aws, stack) = (&platform.aws, platform.stack());
    let template = aws.wait(aws.cloudformation.get_template().stack_name(stack).send())?;
    let stacks = aws.wait(
        aws.cloudformation
            .describe_stacks()
            .stack_name(stack)
            .send(),
    )?;
    let stack = stacks.stacks().first().context("no stack")?;
    let mut parameters: Vec<String> = stack
        .parameters()
        .iter()
        .map(|one| format!("{:?}={:?}", one.parameter_key(), one.parameter_value()))
        .collect();
    parameters.sort();
    let code = |function: Function| {
        let name = platform.function(function);
        let call = aws.lambda.get_function_configuration().function_name(name);
        let live = aws.wait(call.send())?;
        Ok(live.code_sha256().unwrap_or_default().to_owned())
    };
    let code = Function::ALL.into_iter().map(code).collect::<Result<_>>()?;
    Ok((
        template.template_body().unwrap_or_default().to_owned(),
        parameters,
        code,
    ))
}
