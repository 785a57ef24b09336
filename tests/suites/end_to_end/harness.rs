//! What functions send, and how long they wait, seen from between them and the services.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, ensure};
use contract::{Function as Name, Table, env};
use platform_tests::harness::{Bedrock, Fault, FaultyProxy, Function, Gate};
use platform_tests::platform::Platform;
use platform_tests::poll;
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

/// The agent with the model at one address and its tables at another, in so many instances.
pub fn agent_at(
    platform: &Platform,
    model: String,
    tables_at: String,
    instances: usize,
) -> Result<Function> {
    let its = [Table::Users, Table::Context, Table::Interactions];
    let mut variables = tables(platform, &its);
    variables.extend([
        (env::MODEL_ID, contract::model::DEFAULT_MODEL.to_owned()),
        ("AWS_ENDPOINT_URL", tables_at),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", model),
    ]);
    Function::start_instances(Name::PersonalizationAgent, &variables, instances)
}

fn agent(platform: &Platform, bedrock: &Bedrock) -> Result<Function> {
    agent_at(platform, bedrock.url(), platform.endpoint().to_owned(), 1)
}

pub fn tables(platform: &Platform, tables: &[Table]) -> Vec<(&'static str, String)> {
    tables
        .iter()
        .map(|&table| (table.env(), platform.table(table)))
        .collect()
}

pub fn ask(user: &str, message: &str, conversation: &str) -> Value {
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
    let user = "harness-throttled";
    platform.put_supporter(user)?;
    let answer = agent.invoke(ask(user, "hello", user), TIMEOUT)?;
    ensure!(answer["statusCode"] == 503, "{answer}");
    ensure!(
        answer["body"].to_string().contains("model_throttled"),
        "{answer}"
    );
    ensure!(!bedrock.asked().is_empty(), "the model was not asked");
    for table in [Table::Context, Table::Interactions] {
        let items = platform.items_of(table, user)?;
        ensure!(items == 0, "{items} items in {table:?}");
    }
    Ok(())
}

/// No table is answered for until all three are asked: one after the other, they would wait for ever.
fn at_the_same_time(platform: &Platform) -> Result<()> {
    let proxy = FaultyProxy::start(platform.endpoint())?;
    let mut variables = tables(platform, &[Table::Users, Table::Donations, Table::Context]);
    variables.push(("AWS_ENDPOINT_URL", proxy.url()));
    let function = Function::start(Name::GetProfile, &variables)?;
    let event = json!({
        "httpMethod": "GET", "path": "/profile", "resource": "/profile", "headers": {},
        "queryStringParameters": { "userId": "user-000001" },
        "requestContext": { "requestId": "harness" }, "body": null, "isBase64Encoded": false,
    });
    let (gate, asked) = (Gate::default(), Arc::new(Mutex::new(BTreeSet::new())));
    let (held, seen) = (gate.clone(), Arc::clone(&asked));
    proxy.set(move |call| {
        let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
        let table = body["TableName"].as_str().unwrap_or_default().to_owned();
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(table);
        Fault::Held(held.clone())
    });
    let answer = function.begin(event.clone(), TIMEOUT)?;
    let together = poll::until(TIMEOUT, || {
        asked.lock().unwrap_or_else(PoisonError::into_inner).len() == 3
    });
    gate.open();
    ensure!(together, "only {asked:?} were asked at once");
    let answer = function.wait(answer, TIMEOUT)?;
    ensure!(answer["statusCode"] == 200, "{answer}");
    // Each once.
    proxy.set(|_| Fault::None);
    function.invoke(event, TIMEOUT)?;
    let calls = proxy.count("GetItem") + proxy.count("Query");
    ensure!(calls == 3, "{calls} calls");
    Ok(())
}
