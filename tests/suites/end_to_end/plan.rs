//! What a deployment would change, and what it refuses.

use anyhow::{Context, Result, ensure};
use aws_sdk_cloudformation::types::{Capability, Parameter, StackStatus};
use contract::{Function, artifact, naming, outputs};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};
use platform_tests::template::Template;
use platform_tests::{aws::Aws, poll};
use serde_json::Value;
use serde_yaml::Value as Yaml;

use crate::{Break, Look};

pub const LOOKS: &[(&str, Look)] = &[
    ("plan::a_change_is_shown_and_is_exit_4", exit_code),
    ("plan::json_and_markdown_say_the_same", other_forms),
    (
        "plan::a_renamed_stack_is_a_finding_and_nothing_is_made",
        renamed,
    ),
];

pub const BREAKS: &[(&str, Break)] = &[
    ("plan::data_and_access_are_gated", gated),
    ("plan::code_that_differs_is_seen_and_corrected", code_only),
];

/// Longer log retention: a change, and a safe one.
const CHANGE: [&str; 2] = ["--log-retention-days", "90"];

fn plan(platform: &Platform, more: &[&str]) -> Result<Ended> {
    let packages = program::packages()?;
    let command = [&["plan", "--package", &packages], more].concat();
    platform.run("provision", &command)
}

fn apply(platform: &Platform, more: &[&str]) -> Result<Ended> {
    let packages = program::packages()?;
    let command = [&["apply", "--yes", "--package", &packages], more].concat();
    platform.run("provision", &command)
}

fn exit_code(platform: &Platform) -> Result<()> {
    let same = plan(platform, &["--exit-code"])?.success()?;
    ensure!(same.stdout.contains("nothing to change"), "{same:?}");
    let changed = plan(platform, &[&["--exit-code"], &CHANGE[..]].concat())?;
    ensure!(changed.code == Some(4), "{changed:?}");
    ensure!(
        changed
            .stdout
            .contains("RetentionInDays: 30 -> 90: logs are kept for longer"),
        "{changed:?}"
    );
    ensure!(!changed.stdout.contains("loses data"), "{changed:?}");
    Ok(())
}

fn other_forms(platform: &Platform) -> Result<()> {
    let json = plan(platform, &[&["--json"], &CHANGE[..]].concat())?.success()?;
    let json: Value = serde_json::from_str(&json.stdout)?;
    ensure!(json["changes"] == true && json["grade"] == "safe", "{json}");
    ensure!(json["needs"] == serde_json::json!([]), "{json}");
    let markdown = plan(platform, &[&["--markdown"], &CHANGE[..]].concat())?.success()?;
    let heading = format!("### `{}`", platform.stack());
    ensure!(markdown.stdout.contains(&heading), "{markdown:?}");
    ensure!(
        markdown
            .stdout
            .contains("| `RetentionInDays` | `30` | `90` |"),
        "{markdown:?}"
    );
    Ok(())
}

/// Another name beside a platform with data: shown in every form, and refused without the flag.
fn renamed(platform: &Platform) -> Result<()> {
    let mistyped = ["--local", "--stack-name", "SupporterEngagmentStack"];
    let packages = program::packages()?;
    let run = |words: &[&str]| {
        let words = [words, &["--package", &packages], &mistyped].concat();
        let mut command = program::command(platform.local_dir(), "provision", &words)?;
        program::ended(&mut command)
    };
    let text = run(&["plan"])?.success()?.stdout;
    for words in [
        "leaves data behind\n  + SupporterEngagmentStack  a second platform, with empty tables",
        naming::DEFAULT_STACK,
        "apply asks for: --allow-second",
    ] {
        ensure!(text.contains(words), "no {words:?} in {text}");
    }
    let markdown = run(&["plan", "--markdown"])?.success()?.stdout;
    let heading = "**Leaves data behind**: a second platform";
    ensure!(markdown.contains(heading), "{markdown}");
    let json: Value = serde_json::from_str(&run(&["plan", "--json"])?.success()?.stdout)?;
    ensure!(json["grade"] == "leaves-data", "{}", json["grade"]);
    ensure!(
        json["needs"] == serde_json::json!(["--allow-second"]),
        "{}",
        json["needs"]
    );
    let others = json["stacks"][1]["beside"].as_array().context("no list")?;
    ensure!(
        others.iter().any(|name| name == naming::DEFAULT_STACK),
        "{others:?}"
    );

    let target = [&["doctor", "--strict"][..], &mistyped].concat();
    let mut doctor = program::command(platform.local_dir(), "provision", &target)?;
    let doctor = program::ended(&mut doctor)?;
    ensure!(
        doctor.code == Some(3) && doctor.stdout.contains("would be a second platform"),
        "{doctor:?}"
    );
    let refused = run(&["apply", "--yes"])?;
    ensure!(
        refused.code == Some(3)
            && refused.stderr.contains("would be a second platform")
            && refused.stderr.contains("--allow-second"),
        "{refused:?}"
    );
    let made = status(&platform.aws, "SupporterEngagmentStack");
    ensure!(made.is_none(), "{made:?}");
    Ok(())
}

/// An older stack has only tables, one of them with another key, and another name, as
/// CloudFormation wants it of what is replaced. Today's template would lose that one, and lets in
/// all that its roles allow.
fn gated(engine: &Engine) -> Result<()> {
    let platform = Platform::at(engine, "Keyed")?;
    let old = "Keyed-DonationsByDate";
    create(&platform, &tables_with_another_key(old)?)?;

    let shown = plan(&platform, &[])?.success()?;
    for words in [
        "loses data",
        "! DonationsTable  AWS::DynamoDB::Table",
        "KeySchema.donatedAt",
        "apply asks for: --allow-replace DonationsTable --allow-widening",
    ] {
        ensure!(shown.stdout.contains(words), "no {words:?} in {shown:?}");
    }

    let refused = apply(&platform, &["--allow-widening"])?;
    ensure!(refused.code == Some(3), "{refused:?}");
    ensure!(
        refused.stderr.contains("--allow-replace DonationsTable"),
        "{refused:?}"
    );
    let refused = apply(&platform, &["--allow-replace", "DonationsTable"])?;
    ensure!(refused.code == Some(3), "{refused:?}");
    ensure!(refused.stderr.contains("--allow-widening"), "{refused:?}");
    untouched(&platform, old)?;

    let flags = ["--allow-widening", "--allow-replace", "DonationsTable"];
    apply(&platform, &flags)?.success()?;
    platform.verify()?.success().map(drop)
}

/// The stack is as it was made: its status, its table, and no change set left lying about.
fn untouched(platform: &Platform, old: &str) -> Result<()> {
    let aws = &platform.aws;
    let status = status(aws, platform.stack());
    ensure!(status == Some(StackStatus::CreateComplete), "{status:?}");
    let call = aws.cloudformation.list_change_sets();
    let sets = aws.wait(call.stack_name(platform.stack()).send())?;
    ensure!(sets.summaries().is_empty(), "{sets:?}");
    let table = aws.wait(aws.dynamodb.describe_table().table_name(old).send())?;
    ensure!(table.table().is_some(), "{table:?}");
    Ok(())
}

fn tables_with_another_key(name: &str) -> Result<String> {
    let template = Template::read("platform.yaml")?;
    let mut document = template.document().clone();
    let resources = document["Resources"]
        .as_mapping_mut()
        .context("no resources")?;
    resources.retain(|_, body| body["Type"] == "AWS::DynamoDB::Table");
    let table = &mut document["Resources"]["DonationsTable"]["Properties"];
    table["TableName"] = name.into();
    table["KeySchema"][1]["AttributeName"] = "donatedAt".into();
    table["AttributeDefinitions"][1]["AttributeName"] = "donatedAt".into();
    let whole = document.as_mapping_mut().context("not a template")?;
    whole.remove("Outputs");
    Ok(serde_yaml::to_string(whole)?)
}

fn create(platform: &Platform, template: &str) -> Result<()> {
    let aws = &platform.aws;
    let mut call = aws
        .cloudformation
        .create_stack()
        .stack_name(platform.stack())
        .capabilities(Capability::CapabilityNamedIam)
        .template_body(template);
    let document: Yaml = serde_yaml::from_str(template)?;
    for (name, parameter) in document["Parameters"].as_mapping().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        let value = match (name, parameter.get("Default")) {
            ("Prefix", _) => platform.stack(),
            (_, Some(_)) => continue,
            (other, None) => other,
        };
        let parameter = Parameter::builder()
            .parameter_key(name)
            .parameter_value(value);
        call = call.parameters(parameter.build());
    }
    aws.wait(call.send())?;
    let made = || status(aws, platform.stack()) == Some(StackStatus::CreateComplete);
    ensure!(
        poll::until(poll::PATIENCE, made),
        "{:?}",
        status(aws, platform.stack())
    );
    Ok(())
}

fn status(aws: &Aws, stack: &str) -> Option<StackStatus> {
    let call = aws.cloudformation.describe_stacks().stack_name(stack);
    aws.wait(call.send())
        .ok()?
        .stacks()
        .first()?
        .stack_status()
        .cloned()
}

/// A function that was given other code by hand: CloudFormation sees nothing, the plan does.
fn code_only(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Swapped")?;
    let search = platform.function(Function::Search);
    let aws = &platform.aws;
    let bucket = aws.wait(
        aws.cloudformation
            .describe_stacks()
            .stack_name(naming::BOOTSTRAP_STACK)
            .send(),
    )?;
    let bucket = bucket.stacks()[0]
        .outputs()
        .iter()
        .find(|output| output.output_key() == Some(outputs::ARTIFACT_BUCKET))
        .and_then(|output| output.output_value())
        .context("no bucket")?
        .to_owned();
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(
        std::path::Path::new(&program::packages()?).join(artifact::MANIFEST),
    )?)?;
    let other = manifest["functions"]["get-profile"]["sha256"]
        .as_str()
        .context("no hash")?;
    let swap = aws.lambda.update_function_code().function_name(&search);
    let swap = swap
        .s3_bucket(bucket)
        .s3_key(artifact::s3_key(Function::GetProfile, other));
    aws.wait(swap.send())?;

    let seen = plan(&platform, &["--exit-code"])?;
    ensure!(seen.code == Some(4), "{seen:?}");
    let line = format!("CodeSha256: {other} -> ");
    ensure!(
        seen.stdout.contains("SearchFunction") && seen.stdout.contains(&line),
        "{seen:?}"
    );
    let corrected = apply(&platform, &[])?.success()?;
    ensure!(corrected.stderr.contains(&search), "{corrected:?}");
    plan(&platform, &["--exit-code"])?.success()?;
    platform.verify()?.success().map(drop)
}
