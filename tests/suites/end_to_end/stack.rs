//! The stack over its life: again, beside another, gone and back.

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudformation::types::{Parameter, StackStatus};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Table, env, outputs, parameters};
use platform_tests::engine::Engine;
use platform_tests::platform::{Platform, USERS};
use platform_tests::template::Template;
use platform_tests::{poll, program};
use serde_json::{Value, json};
use serde_yaml::Mapping;

use crate::{Break, Look};

pub const LOOKS: &[(&str, Look)] = &[
    ("stack::a_second_apply_changes_nothing", second_apply),
    ("stack::what_is_live_is_what_was_asked_for", verified),
    ("stack::outputs_are_one_object_of_json", outputs_json),
    (
        "stack::function_env_prints_the_arrows_variables",
        function_env,
    ),
    ("stack::seeding_again_loses_nothing", seed_again),
    ("stack::smoke_passes", smoke),
];

pub const BREAKS: &[(&str, Break)] = &[
    (
        "stack::two_environments_run_beside_each_other",
        two_environments,
    ),
    (
        "stack::destroy_keeps_the_tables_and_adopt_takes_them_back",
        destroy_and_adopt,
    ),
    (
        "stack::an_apply_that_failed_succeeds_when_run_again",
        failed_then_again,
    ),
];

fn second_apply(platform: &Platform) -> Result<()> {
    let again = platform.apply()?.success()?;
    ensure!(again.stderr.contains("nothing to change"), "{again:?}");
    Ok(())
}

fn verified(platform: &Platform) -> Result<()> {
    platform.verify()?.success().map(drop)
}

fn outputs_json(platform: &Platform) -> Result<()> {
    let printed = platform
        .run("provision", &["outputs", "--json", "--with-key"])?
        .success()?;
    let object: Value = serde_json::from_str(&printed.stdout)?;
    for name in [
        outputs::REST_API_URL,
        outputs::WEB_SOCKET_URL,
        outputs::API_KEY_ID,
        outputs::API_KEY,
        outputs::ENDPOINT_URL,
    ] {
        ensure!(object[name].is_string(), "no {name} in {object}");
    }
    let without = platform
        .run("provision", &["outputs", "--json"])?
        .success()?;
    ensure!(
        !without.stdout.contains(platform.key()),
        "the key is printed unasked"
    );
    Ok(())
}

fn function_env(platform: &Platform) -> Result<()> {
    let printed = platform
        .run("provision", &["function-env", "get-profile"])?
        .success()?;
    let mut lines: Vec<_> = printed.stdout.lines().map(str::to_owned).collect();
    lines.sort();
    // The stack's id, which nobody knows before.
    let key = format!("{}=arn:aws:cloudformation:", env::LOG_HASH_KEY);
    let tables = [Table::Context, Table::Donations, Table::Users]
        .map(|table| format!("{}={}", table.env(), platform.table(table)));
    let others: Vec<_> = lines
        .iter()
        .filter(|line| !line.starts_with(&key))
        .collect();
    ensure!(others.iter().copied().eq(&tables), "{lines:?}");
    ensure!(lines.len() == tables.len() + 1, "{lines:?}");
    let unknown = platform.run("provision", &["function-env", "no-such"])?;
    ensure!(unknown.code == Some(2), "{unknown:?}");
    Ok(())
}

fn seed_again(platform: &Platform) -> Result<()> {
    let before = seeded_donations(platform)?;
    ensure!(before > 0, "nothing was seeded");
    platform
        .run("ops", &["seed", "--users", &USERS.to_string()])?
        .success()?;
    let after = seeded_donations(platform)?;
    ensure!(after == before, "{before} donations before, {after} after");
    Ok(())
}

/// Donations of the seeded supporters; other tests have supporters of their own, for a while.
fn seeded_donations(platform: &Platform) -> Result<i32> {
    let call = platform
        .aws
        .dynamodb
        .scan()
        .table_name(platform.table(Table::Donations))
        .filter_expression("begins_with(userId, :seeded)")
        .expression_attribute_values(":seeded", AttributeValue::S("user-".to_owned()));
    Ok(platform.aws.wait(call.send())?.count())
}

fn smoke(platform: &Platform) -> Result<()> {
    let smoke = platform.run("ops", &["smoke", "--json"])?.success()?;
    serde_json::from_str::<Value>(&smoke.stdout)
        .context("smoke's JSON")
        .map(drop)
}

fn two_environments(engine: &Engine) -> Result<()> {
    let one = Platform::deploy(engine, "Blue")?;
    let two = Platform::deploy(engine, "Green")?;
    for platform in [&one, &two] {
        platform.verify()?.success()?;
    }
    put_user(&one, "only-blue")?;
    ensure!(items(&one, Table::Users)? == items(&two, Table::Users)? + 1);
    ensure!(one.key() != two.key(), "the environments share a key");
    Ok(())
}

fn destroy_and_adopt(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Phoenix")?;
    put_user(&platform, "survivor")?;
    let users = items(&platform, Table::Users)?;
    let destroyed = platform
        .run("provision", &["destroy", "--yes"])?
        .success()?;
    for table in Table::ALL {
        let printed = destroyed.stdout.contains(&platform.table(table));
        ensure!(
            printed,
            "{} is not listed: {destroyed:?}",
            platform.table(table)
        );
    }
    ensure!(items(&platform, Table::Users)? == users, "data is lost");
    let refused = platform.apply()?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("--adopt"),
        "{refused:?}"
    );
    ensure!(
        refused.stderr.contains(&platform.table(Table::Users)),
        "{refused:?}"
    );
    ensure!(items(&platform, Table::Users)? == users, "data is lost");
    let packages = program::packages()?;
    platform
        .run(
            "provision",
            &[
                "apply",
                "--yes",
                "--allow-second",
                "--adopt",
                "--package",
                &packages,
            ],
        )?
        .success()?;
    ensure!(items(&platform, Table::Users)? == users, "data is lost");
    platform.verify()?.success().map(drop)
}

/// A create that breaks after the tables were made leaves them, and their data, behind; the next
/// apply takes them back without being asked, since they are its own.
fn failed_then_again(engine: &Engine) -> Result<()> {
    let platform = Platform::at(engine, "Hurdle")?;
    let cloudformation = &platform.aws.cloudformation;
    let create = cloudformation
        .create_stack()
        .stack_name("Hurdle")
        .parameters(
            Parameter::builder()
                .parameter_key(parameters::PREFIX)
                .parameter_value("Hurdle")
                .build(),
        );
    platform
        .aws
        .wait(create.template_body(breaks_after_the_tables()?).send())?;
    let status = || {
        let describe = cloudformation.describe_stacks().stack_name("Hurdle").send();
        let stacks = platform.aws.wait(describe).ok()?;
        stacks.stacks().first()?.stack_status().cloned()
    };
    let rolled_back = || status() == Some(StackStatus::RollbackComplete);
    ensure!(poll::until(poll::PATIENCE, rolled_back), "{:?}", status());
    put_user(&platform, "survivor")?;

    platform.apply()?.success()?;
    ensure!(items(&platform, Table::Users)? == 1, "data is lost");
    platform.verify()?.success().map(drop)
}

/// The template's tables, and after them a resource that cannot be made.
fn breaks_after_the_tables() -> Result<String> {
    let template = Template::read("platform.yaml")?;
    let tables: Mapping = template
        .of_type("AWS::DynamoDB::Table")
        .map(|table| (table.id.into(), table.body().clone()))
        .collect();
    let ids: Vec<Value> = tables
        .keys()
        .filter_map(|id| id.as_str().map(Value::from))
        .collect();
    let mut document = template.document().clone();
    document["Resources"] = tables.into();
    document["Resources"]["Hurdle"] = serde_yaml::to_value(json!({
        "Type": "AWS::CloudWatch::Alarm", "DependsOn": ids, "Properties": {},
    }))?;
    for (name, parameter) in document["Parameters"]
        .as_mapping_mut()
        .into_iter()
        .flatten()
    {
        if parameter.get("Default").is_none() {
            parameter["Default"] = name.clone();
        }
    }
    let whole = document.as_mapping_mut().context("not a template")?;
    whole.remove("Outputs");
    Ok(serde_yaml::to_string(whole)?)
}

fn put_user(platform: &Platform, id: &str) -> Result<()> {
    let call = platform
        .aws
        .dynamodb
        .put_item()
        .table_name(platform.table(Table::Users))
        .item("userId", AttributeValue::S(id.to_owned()));
    platform.aws.wait(call.send())?;
    Ok(())
}

fn items(platform: &Platform, table: Table) -> Result<i32> {
    let call = platform
        .aws
        .dynamodb
        .scan()
        .table_name(platform.table(table));
    Ok(platform.aws.wait(call.send())?.count())
}
