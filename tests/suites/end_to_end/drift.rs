//! What was changed by hand is seen, by CloudFormation's detection and by `verify`; and the way
//! back, against answers recorded in AWS's own words.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use contract::{Function, Table};
use platform_tests::engine::Engine;
use platform_tests::harness::{AwsAnswers, Call, Reply};
use platform_tests::platform::Platform;
use serde_json::Value;

use crate::on_aws::{XML, provision};
use crate::{Break, Look, mutations_by_hand as by_hand};

pub const LOOKS: &[(&str, Look)] = &[
    ("drift::what_nobody_touched_has_not_drifted", untouched),
    ("drift::a_repair_of_nothing_changes_nothing", nothing),
];

pub const BREAKS: &[(&str, Break)] = &[
    ("drift::changes_by_hand_are_seen_by_both_readings", changes),
    ("drift::a_repair_reverts_through_a_change_set", repaired),
];

fn untouched(platform: &Platform) -> Result<()> {
    let said = platform.run("provision", &["drift"])?.success()?;
    ensure!(said.stdout.contains("is as it was deployed"), "{said:?}");
    Ok(())
}

fn drift(platform: &Platform) -> Result<Value> {
    let said = platform.run("provision", &["drift", "--json"])?;
    ensure!(said.code == Some(4), "{said:?}");
    serde_json::from_str(&said.stdout).context("no JSON")
}

/// The logical ids that CloudFormation's detection names, and the resources that `verify` names.
fn named(drift: &Value) -> (Vec<&str>, Vec<&str>) {
    fn each<'a>(list: &'a Value, key: &'a str) -> Vec<&'a str> {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| item[key].as_str()).collect()
    }
    (
        each(&drift["cloudformation"]["drifted"], "id"),
        each(&drift["verify"]["findings"], "resource"),
    )
}

fn changes(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Drifter")?;
    // Seen by both: a property of the template that both read.
    by_hand::change_memory(&platform)?;
    let drift = drift(&platform)?;
    let (detected, verified) = named(&drift);
    ensure!(detected.contains(&"SearchFunction"), "{drift}");
    let function = platform.function(Function::Search);
    ensure!(verified.contains(&function.as_str()), "{drift}");
    // Seen by one: CloudFormation cannot tell code.
    ensure!(!detected.iter().any(|id| id.ends_with("Table")), "{drift}");
    by_hand::switch_recovery_off(&platform)?;
    by_hand::take_key_out_of_plans(&platform)?;
    let drift = self::drift(&platform)?;
    let (detected, verified) = named(&drift);
    ensure!(verified.contains(&"Drifter-rest"), "{drift}");
    ensure!(
        verified.contains(&platform.table(Table::Donations).as_str()),
        "{drift}"
    );
    ensure!(
        !detected.iter().any(|id| id.contains("UsagePlan")),
        "{drift}"
    );
    // Compared with what was deployed, whatever packages there are now.
    let refused = platform.run("provision", &["drift", "--yes"])?;
    ensure!(
        refused.code == Some(2),
        "--yes without --repair: {refused:?}"
    );
    Ok(())
}

fn nothing(platform: &Platform) -> Result<()> {
    // Nothing drifted: there is nothing to repair, and nothing is refused.
    let said = platform.run("provision", &["drift", "--repair", "--yes"])?;
    ensure!(said.code == Some(0), "{said:?}");
    Ok(())
}

fn repaired(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Reverter")?;
    by_hand::change_memory(&platform)?;
    let on_local = platform.run("provision", &["drift", "--repair", "--yes"])?;
    ensure!(
        on_local.code == Some(3) && on_local.stderr.contains("REVERT_DRIFT"),
        "{on_local:?}"
    );
    ensure!(
        on_local.stderr.contains("cargo provision apply --local"),
        "{on_local:?}"
    );

    let token = Mutex::new(String::new());
    let answers = AwsAnswers::start(platform.endpoint(), move |call| recorded(&token, call))?;
    let unasked = provision(&platform, &answers, &["drift", "--repair"])?;
    ensure!(
        unasked.code == Some(3) && unasked.stderr.contains("--yes"),
        "{unasked:?}"
    );
    let asked = answers.answered();
    let asked: Vec<&str> = asked.iter().map(|call| call.action.as_str()).collect();
    ensure!(
        asked.contains(&"DeleteChangeSet"),
        "the change set stays: {asked:?}"
    );
    ensure!(!asked.contains(&"ExecuteChangeSet"), "{asked:?}");

    let said = provision(&platform, &answers, &["drift", "--repair", "--yes"])?;
    // What CloudFormation would have changed back is recorded, not done: it still differs.
    ensure!(said.code == Some(4), "{said:?}");
    ensure!(
        said.stderr.contains("SearchFunction"),
        "the plan is not shown: {said:?}"
    );
    let one = provision(
        &platform,
        &answers,
        &["drift", "--repair", "--yes", "--json"],
    )?;
    let document = serde_json::from_str::<Value>(&one.stdout).context("not one document")?;
    ensure!(document["drifted"] == true, "{one:?}");
    // What was just tried is not named as the next step.
    ensure!(
        !one.stderr.contains("cargo provision drift --repair"),
        "{one:?}"
    );
    let calls = answers.answered();
    let create = calls
        .iter()
        .find(|call| call.action == "CreateChangeSet")
        .context("no change set was asked for")?;
    for word in [
        "DeploymentMode=REVERT_DRIFT",
        "UsePreviousTemplate=true",
        "UsePreviousValue=true",
    ] {
        ensure!(create.body.contains(word), "no {word} in {}", create.body);
    }
    ensure!(
        calls.iter().any(|call| call.action == "ExecuteChangeSet"),
        "it was not executed"
    );
    Ok(())
}

const ID: &str = "arn:aws:cloudformation:us-west-2:000000000000:changeSet/provision-1/1";
const STACK: &str = "arn:aws:cloudformation:us-west-2:000000000000:stack/Reverter/1";

/// What CloudFormation answers for a change set with `REVERT_DRIFT`. Recorded from the API
/// reference's examples (`CreateChangeSet`, `DescribeChangeSet`), with this stack's names.
fn recorded(token: &Mutex<String>, call: &Call) -> Option<Reply> {
    let result = |operation: &str, inner: String| {
        let namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";
        let body = format!(
            "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{inner}</{operation}Result>\
             <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
        );
        Some((200, XML, body))
    };
    let operation = call.action.as_str();
    match operation {
        "CreateChangeSet" => result(
            operation,
            format!("<Id>{ID}</Id><StackId>{STACK}</StackId>"),
        ),
        "DescribeChangeSet" => result(operation, described()),
        "ExecuteChangeSet" => {
            let sent = call.field("ClientRequestToken").unwrap_or_default();
            *token.lock().unwrap_or_else(PoisonError::into_inner) = sent;
            result(operation, String::new())
        }
        "DeleteChangeSet" => result(operation, String::new()),
        // The operation's own events, by the token that it was executed with, are not the engine's.
        "DescribeStacks" if call.body.contains("arn%3Aaws%3Acloudformation") => {
            result(operation, stack())
        }
        "DescribeStackEvents" => {
            let token = token.lock().unwrap_or_else(PoisonError::into_inner);
            result(operation, events(&token))
        }
        _ => None,
    }
}

fn described() -> String {
    format!(
        "<ChangeSetName>provision-1</ChangeSetName><ChangeSetId>{ID}</ChangeSetId>\
         <StackId>{STACK}</StackId><StackName>Reverter</StackName>\
         <Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>\
         <DeploymentMode>REVERT_DRIFT</DeploymentMode><Changes><member><Type>Resource</Type>\
         <ResourceChange><Action>Modify</Action><LogicalResourceId>SearchFunction</LogicalResourceId>\
         <PhysicalResourceId>Reverter-search</PhysicalResourceId>\
         <ResourceType>AWS::Lambda::Function</ResourceType><Replacement>False</Replacement>\
         <ResourceDriftStatus>MODIFIED</ResourceDriftStatus><Scope><member>Properties</member></Scope>\
         <Details><member><Target><Attribute>Properties</Attribute><Name>MemorySize</Name>\
         <RequiresRecreation>Never</RequiresRecreation></Target>\
         <Evaluation>Static</Evaluation><ChangeSource>NoModification</ChangeSource></member></Details>\
         </ResourceChange></member></Changes>"
    )
}

fn stack() -> String {
    format!(
        "<Stacks><member><StackName>Reverter</StackName><StackId>{STACK}</StackId>\
         <CreationTime>2026-11-23T00:00:00Z</CreationTime>\
         <StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>"
    )
}

fn events(token: &str) -> String {
    format!(
        "<StackEvents><member><EventId>1</EventId><StackId>{STACK}</StackId>\
         <StackName>Reverter</StackName><LogicalResourceId>Reverter</LogicalResourceId>\
         <PhysicalResourceId>{STACK}</PhysicalResourceId>\
         <ResourceType>AWS::CloudFormation::Stack</ResourceType>\
         <Timestamp>2026-11-23T00:00:00Z</Timestamp><ResourceStatus>UPDATE_COMPLETE</ResourceStatus>\
         <ClientRequestToken>{token}</ClientRequestToken></member></StackEvents>"
    )
}
