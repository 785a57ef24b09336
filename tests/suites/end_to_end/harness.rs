//! What functions send, and how long they wait, seen from between them and the services.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use contract::{Function as Name, Table, env};
use platform_tests::harness::{Bedrock, DelayingProxy, Function};
use platform_tests::platform::Platform;
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    (
        "harness::the_prompt_holds_this_supporter_and_nobody_else",
        prompt,
    ),
    ("harness::a_throttled_model_writes_nothing", throttled),
    (
        "harness::get_profile_reads_its_tables_at_the_same_time",
        at_the_same_time,
    ),
];

const TIMEOUT: Duration = Duration::from_secs(30);

fn agent(platform: &Platform, bedrock: &Bedrock) -> Result<Function> {
    let mut variables = tables(
        platform,
        &[Table::Users, Table::Context, Table::Interactions],
    );
    variables.extend([
        (env::MODEL_ID, contract::model::DEFAULT_MODEL.to_owned()),
        ("AWS_ENDPOINT_URL", platform.endpoint().to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url()),
    ]);
    Function::start(Name::PersonalizationAgent, &variables)
}

fn tables(platform: &Platform, tables: &[Table]) -> Vec<(&'static str, String)> {
    tables
        .iter()
        .map(|&table| (table.env(), platform.table(table)))
        .collect()
}

fn ask(user: &str, message: &str, conversation: &str) -> Value {
    let body = json!({ "userId": user, "message": message, "conversationId": conversation });
    json!({
        "httpMethod": "POST", "path": "/agent", "resource": "/agent",
        "headers": { "content-type": "application/json" },
        "requestContext": { "requestId": "harness", "httpMethod": "POST", "resourcePath": "/agent" },
        "body": body.to_string(), "isBase64Encoded": false,
    })
}

fn prompt(platform: &Platform) -> Result<()> {
    let bedrock = Bedrock::answering()?;
    let agent = agent(platform, &bedrock)?;
    let profile =
        |user: &str| platform_tests::rest::Call::get(platform, &format!("/profile/{user}")).send();
    let (this, other) = (profile("user-000001")?.body, profile("user-000004")?.body);
    let words = |body: &Value| -> BTreeMap<&str, String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        BTreeMap::from([
            ("name", text(&body["profile"]["name"])),
            ("context", text(&body["context"]["summary"])),
        ])
    };
    for message in ["first words of mine", "last words of mine"] {
        let answer = agent.invoke(ask("user-000001", message, "harness-prompt"), TIMEOUT)?;
        ensure!(answer["statusCode"] == 200, "{answer}");
    }
    let asked = bedrock.asked();
    ensure!(asked.len() == 2, "{asked:?}");
    ensure!(
        asked[1]["modelId"] == contract::model::DEFAULT_MODEL,
        "{}",
        asked[1]
    );
    ensure!(
        asked[1].pointer("/inferenceConfig/temperature").is_none(),
        "{}",
        asked[1]
    );
    let (before, after) = (asked[0].to_string(), asked[1].to_string());
    for (what, words) in words(&this) {
        ensure!(
            !words.is_empty() && before.contains(&words),
            "no {what} in {before}"
        );
    }
    for words in [
        "first words of mine",
        "last words of mine",
        "Thank you for asking.",
    ] {
        ensure!(after.contains(words), "no {words:?} in {after}");
    }
    // The newest context is the one that the first turn made.
    let newest = profile("user-000001")?.body["context"]["version"].as_u64();
    ensure!(
        newest
            == this["context"]["version"]
                .as_u64()
                .map(|version| version + 2),
        "{newest:?}"
    );
    for (what, words) in words(&other) {
        ensure!(
            !words.is_empty() && !after.contains(&words),
            "another's {what} in {after}"
        );
    }
    Ok(())
}

fn throttled(platform: &Platform) -> Result<()> {
    let bedrock = Bedrock::throttling()?;
    let agent = agent(platform, &bedrock)?;
    let path = "/profile/user-000005";
    let before = platform_tests::rest::Call::get(platform, path).send()?.body["context"].clone();
    let mut event = ask("user-000005", "hello", "harness-throttled");
    // Little time: the retries end within it.
    event["requestContext"]["requestTimeEpoch"] = json!(0);
    let answer = agent.invoke(event, Duration::from_secs(6))?;
    ensure!(answer["statusCode"] == 503, "{answer}");
    ensure!(
        answer["body"].to_string().contains("model_throttled"),
        "{answer}"
    );
    ensure!(!bedrock.asked().is_empty(), "the model was not asked");
    let after = platform_tests::rest::Call::get(platform, path).send()?.body["context"].clone();
    ensure!(before == after, "a turn was written: {before} {after}");
    Ok(())
}

/// With 100 ms on every call, three calls one after the other take 300 ms at least; the second
/// invocation of a warm function, with its connections open, has to stay under 200 ms. The fastest
/// of several tells, since the machine may be busy with other tests.
fn at_the_same_time(platform: &Platform) -> Result<()> {
    let proxy = DelayingProxy::start(platform.endpoint(), Duration::from_millis(100))?;
    let mut variables = tables(platform, &[Table::Users, Table::Donations, Table::Context]);
    variables.push(("AWS_ENDPOINT_URL", proxy.url()));
    let function = Function::start(Name::GetProfile, &variables)?;
    let event = json!({
        "httpMethod": "GET", "path": "/profile", "resource": "/profile", "headers": {},
        "queryStringParameters": { "userId": "user-000001" },
        "requestContext": { "requestId": "harness" }, "body": null, "isBase64Encoded": false,
    });
    let mut fastest = Duration::MAX;
    for _ in 0..10 {
        let calls = proxy.calls();
        let start = Instant::now();
        let answer = function.invoke(event.clone(), TIMEOUT)?;
        fastest = fastest.min(start.elapsed());
        ensure!(answer["statusCode"] == 200, "{answer}");
        ensure!(
            proxy.calls() == calls + 3,
            "{} calls",
            proxy.calls() - calls
        );
        if fastest < Duration::from_millis(200) {
            return Ok(());
        }
    }
    anyhow::bail!("the fastest of ten took {fastest:?}")
}
