//! What an operator does by hand, and `verify` names.

use anyhow::{Context, Result, ensure};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use aws_sdk_lambda::primitives::Blob;
use contract::naming::STAGE;
use contract::{Function, Table, outputs};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    ("faults::verify_names_a_dropped_table", dropped_table),
    ("faults::verify_names_a_widened_role", widened_role),
    ("faults::verify_names_a_changed_throttle", changed_throttle),
    ("faults::verify_names_replaced_code", replaced_code),
];

/// Deploys, breaks by hand, and holds that `verify` ends with 4 and names each of `names`.
fn named(
    engine: &Engine,
    stack: &str,
    by_hand: impl FnOnce(&Platform) -> Result<Vec<String>>,
) -> Result<()> {
    let platform = Platform::deploy(engine, stack)?;
    platform
        .verify()?
        .success()
        .context("before anything is broken")?;
    let names = by_hand(&platform)?;
    let verified = platform.verify()?;
    ensure!(verified.code == Some(4), "{verified:?}");
    for name in names {
        ensure!(
            verified.stdout.contains(&name),
            "{name} is not named: {verified:?}"
        );
    }
    Ok(())
}

fn dropped_table(engine: &Engine) -> Result<()> {
    named(engine, "Dropped", |platform| {
        let table = platform.table(Table::Donations);
        let dynamodb = &platform.aws.dynamodb;
        let unprotect = dynamodb
            .update_table()
            .table_name(&table)
            .deletion_protection_enabled(false);
        platform.aws.wait(unprotect.send())?;
        platform
            .aws
            .wait(dynamodb.delete_table().table_name(&table).send())?;
        Ok(vec![table])
    })
}

fn widened_role(engine: &Engine) -> Result<()> {
    named(engine, "Widened", |platform| {
        let role = platform.function(Function::GetProfile);
        let policy = r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}"#;
        let put = platform
            .aws
            .iam
            .put_role_policy()
            .role_name(&role)
            .policy_name("by-hand");
        platform.aws.wait(put.policy_document(policy).send())?;
        Ok(vec![role, "by-hand".into()])
    })
}

fn changed_throttle(engine: &Engine) -> Result<()> {
    named(engine, "Throttled", |platform| {
        let api = platform.output(outputs::REST_API_ID);
        let patch = PatchOperation::builder()
            .op(Op::Replace)
            .path("/*/*/throttling/rateLimit")
            .value("7");
        let update = platform
            .aws
            .apigateway
            .update_stage()
            .rest_api_id(api)
            .stage_name(STAGE);
        platform
            .aws
            .wait(update.patch_operations(patch.build()).send())?;
        Ok(vec!["REST-7".into()])
    })
}

fn replaced_code(engine: &Engine) -> Result<()> {
    named(engine, "Replaced", |platform| {
        let other = std::path::Path::new(&platform_tests::program::packages()?)
            .join(contract::artifact::file_name(Function::WsConnect));
        let zip = std::fs::read(&other).with_context(|| other.display().to_string())?;
        let function = platform.function(Function::WsDisconnect);
        let update = platform
            .aws
            .lambda
            .update_function_code()
            .function_name(&function);
        platform.aws.wait(update.zip_file(Blob::new(zip)).send())?;
        Ok(vec![function])
    })
}
