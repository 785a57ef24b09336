//! The release before, with live data in it, and then this one: nothing is lost.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudformation::types::{Capability, Parameter, StackStatus, Tag};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Table, naming, parameters};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::template::Template;
use platform_tests::{poll, program};

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[(
    "upgrade::the_release_before_with_live_data_becomes_this_one_and_nothing_is_lost",
    upgraded,
)];

/// The template of the release before, as it was deployed.
const BEFORE: &str = "platform-0.1.0.yaml";

const STACK: &str = "Elder";

type Items = BTreeMap<Table, Vec<String>>;

fn upgraded(engine: &Engine) -> Result<()> {
    let platform = Platform::at(engine, STACK)?;
    deploy_before(&platform)?;
    platform.run("ops", &["seed", "--users", "20"])?.success()?;
    platform.put_supporter("elder-supporter")?;
    let before = items(&platform)?;
    ensure!(
        before.values().filter(|items| !items.is_empty()).count() >= 4,
        "{before:?}"
    );

    // One more key, the page's, widens access: that is asked for by name.
    let packages = program::packages()?;
    let apply = ["apply", "--yes", "--allow-widening", "--package", &packages];
    platform.run("provision", &apply)?.success()?;
    let after = items(&platform)?;
    for table in Table::ALL {
        let (before, after) = (&before[&table], &after[&table]);
        ensure!(
            before == after,
            "{table:?}: {} items before, {} after",
            before.len(),
            after.len()
        );
    }
    platform.verify()?.success()?;
    let again = platform.apply()?.success()?;
    ensure!(again.stderr.contains("nothing to change"), "{again:?}");
    Ok(())
}

/// Makes the stack of the release before, with the code that the shared platform runs.
fn deploy_before(platform: &Platform) -> Result<()> {
    let template = Template::fixture(BEFORE)?;
    let cloudformation = &platform.aws.cloudformation;
    let shared = cloudformation
        .describe_stacks()
        .stack_name(naming::DEFAULT_STACK);
    let shared = platform.aws.wait(shared.send())?;
    let live = shared
        .stacks()
        .first()
        .context("no shared platform")?
        .parameters();
    let declared = template.document()["Parameters"].as_mapping();
    let known = |name: &str| declared.is_some_and(|declared| declared.contains_key(name));
    let given = live
        .iter()
        .filter(|parameter| parameter.parameter_key().is_some_and(known))
        .map(|parameter| match parameter.parameter_key() {
            Some(parameters::PREFIX) => Parameter::builder()
                .parameter_key(parameters::PREFIX)
                .parameter_value(STACK)
                .build(),
            _ => parameter.clone(),
        });
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let create = cloudformation
        .create_stack()
        .stack_name(STACK)
        .capabilities(Capability::CapabilityNamedIam)
        .set_parameters(Some(given.collect()))
        .tags(tag(naming::PROJECT_TAG, naming::PROJECT))
        .tags(tag(naming::STACK_TAG, STACK))
        .tags(tag(naming::ENVIRONMENT_TAG, parameters::ENVIRONMENTS[0]))
        .template_url(platform.upload(BEFORE, &serde_yaml::to_string(template.document())?)?);
    platform.aws.wait(create.send())?;
    let status = || {
        let describe = cloudformation.describe_stacks().stack_name(STACK).send();
        let stacks = platform.aws.wait(describe).ok()?;
        stacks.stacks().first()?.stack_status().cloned()
    };
    let made = || status() == Some(StackStatus::CreateComplete);
    ensure!(poll::until(poll::PATIENCE, made), "{:?}", status());
    Ok(())
}

/// Every item of every table, as text, in order.
fn items(platform: &Platform) -> Result<Items> {
    Table::ALL
        .into_iter()
        .map(|table| {
            let scan = platform
                .aws
                .dynamodb
                .scan()
                .table_name(platform.table(table));
            let pages = scan
                .into_paginator()
                .items()
                .send()
                .collect::<Result<Vec<_>, _>>();
            let mut items: Vec<String> = platform.aws.wait(pages)?.iter().map(text).collect();
            items.sort();
            Ok((table, items))
        })
        .collect()
}

fn text(item: &HashMap<String, AttributeValue>) -> String {
    let sorted: BTreeMap<_, _> = item
        .iter()
        .map(|(name, value)| (name, plain(value)))
        .collect();
    format!("{sorted:?}")
}

/// A value as text; maps in order.
fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => text(map),
        AttributeValue::L(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}
