//! The metrics that `ops status`, the alarms and the dashboard live on are emitted.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use contract::metrics::Dimension;
use contract::{Function as Name, Metric, Table, env};
use platform_tests::harness::{Bedrock, Chats, Ending, Function, Gate, Script, agent_variables};
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::rest::Call;
use platform_tests::socket::{Key, Socket};
use platform_tests::template::{Template, named_metrics};
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[(
    "emitted::every_metric_that_alarms_and_dashboard_name_is_emitted",
    emitted,
)];

/// A metric, the name of its dimension, and its value; the latter two empty where it has none.
type Emitted = BTreeSet<(String, String, String)>;

fn emitted(platform: &Platform) -> Result<()> {
    let mut emitted = by_chats(platform)?;
    emitted.extend(by_failures(platform)?);
    use_every_route(platform)?;
    let named = named_metrics(&Template::read("platform.yaml")?)?;
    ensure!(named.len() > 30, "{named:?}");
    let named: Emitted = named
        .into_iter()
        .map(|named| {
            let (name, value) = named.dimensions.first().cloned().unwrap_or_default();
            (named.metric, name, value)
        })
        .collect();
    let mut missing: Vec<_> = Vec::new();
    poll::until(poll::PATIENCE, || {
        emitted.extend(logged(platform).unwrap_or_default());
        missing = named.difference(&emitted).cloned().collect();
        missing.is_empty()
    });
    ensure!(missing.is_empty(), "named and never emitted: {missing:#?}");
    let codes = Dimension::Code.name();
    let other: Vec<_> = emitted
        .difference(&named)
        .filter(|it| it.1 != codes)
        .collect();
    ensure!(other.is_empty(), "emitted and never named: {other:#?}");
    Ok(())
}

/// What the engine's log groups say was emitted, under the platform's own namespace.
fn logged(platform: &Platform) -> Result<Emitted> {
    let lines = platform
        .run("ops", &["logs", "--json", "--since", "1d"])?
        .success()?;
    let lines = lines
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut all = Emitted::new();
    for line in lines {
        all.extend(metrics(&line["fields"], platform.prefix())?);
    }
    Ok(all)
}

/// What CloudWatch would make of a line.
fn metrics(line: &Value, namespace: &str) -> Result<Emitted> {
    let mut all = Emitted::new();
    let directives = line
        .pointer("/_aws/CloudWatchMetrics")
        .and_then(Value::as_array);
    for directive in directives.into_iter().flatten() {
        ensure!(directive["Namespace"] == namespace, "{line}");
        let name = directive.pointer("/Dimensions/0/0").and_then(Value::as_str);
        let value = name.and_then(|name| line[name].as_str());
        ensure!(
            name.is_some() == value.is_some(),
            "a dimension without a value: {line}"
        );
        for metric in directive["Metrics"].as_array().into_iter().flatten() {
            let metric = metric["Name"].as_str().context("a metric without a name")?;
            ensure!(line[metric].is_number(), "no value of {metric}: {line}");
            let [name, value] = [name, value].map(|it| it.unwrap_or_default().to_owned());
            all.insert((metric.to_owned(), name, value));
        }
    }
    ensure!(
        line.pointer("/_aws/Timestamp").is_some() == directives.is_some(),
        "{line}"
    );
    Ok(all)
}

fn use_every_route(platform: &Platform) -> Result<()> {
    let user = "user-000005";
    for path in [
        "/profile?userId=user-000005",
        "/profile/user-000005",
        "/profile/-",
    ] {
        Call::get(platform, path).send()?;
    }
    Call::get(platform, "/profile/nobody-here").send()?;
    Call::post(platform, "/search", &json!({"query": "screening"})).send()?;
    Call::post(
        platform,
        "/agent",
        &json!({"userId": user, "message": "hello"}),
    )
    .send()?;
    let mut socket = Socket::connect(platform, Some(user), Key::Header(platform.key()))?;
    socket.send("no json")?;
    socket.read()?;
    socket.chat(&json!({"message": "hello"}).to_string())?;
    socket.close()
}

/// Metrics in what a process of the harness logged; it has no prefix, so its namespace is its name.
fn in_log(log: &str) -> Result<Emitted> {
    let mut all = Emitted::new();
    for line in log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
    {
        let name = line["function"].as_str().unwrap_or_default().to_owned();
        all.extend(metrics(&line, &name)?);
    }
    Ok(all)
}

/// A session that has expired, and one that is busy.
fn by_chats(platform: &Platform) -> Result<Emitted> {
    let user = "metrics-of-chats";
    let gate = Gate::default();
    let script = Script::counting(10).held_after(1, &gate);
    let chats = Chats::start(platform, script, 2)?;
    chats.supporter(user)?;
    chats.open("metrics-old", user, -10)?;
    chats.say("metrics-old", &json!({"message": "hello"}))?;
    chats.open("metrics-busy", user, 3600)?;
    let first = chats.begin("metrics-busy", &json!({"message": "first"}))?;
    let speaks = || !chats.bedrock.turns().is_empty();
    ensure!(poll::until(poll::PATIENCE, speaks), "{}", chats.logged());
    chats.say("metrics-busy", &json!({"message": "second"}))?;
    gate.open();
    chats.wait(first)?;
    in_log(&chats.logged())
}

/// A model that refuses, one that is silent, and a table that is not there.
fn by_failures(platform: &Platform) -> Result<Emitted> {
    let mut all = Emitted::new();
    let stalled = Bedrock::playing(
        Script::counting(5)
            .every(Duration::from_secs(5))
            .ending(Ending::Stall(1)),
    )?;
    let refusing = Bedrock::throttling()?;
    for (bedrock, code) in [(&refusing, "model_throttled"), (&stalled, "model_timeout")] {
        let agent = Function::start(
            Name::PersonalizationAgent,
            &agent_variables(platform, bedrock),
        )?;
        // Four tries end long before; silence ends with the time there is.
        let time = if code == "model_timeout" { 5 } else { 30 };
        let begun = agent.begin(ask(), Duration::from_secs(time))?;
        let answer = agent.wait(begun, poll::PATIENCE)?;
        ensure!(answer["body"].to_string().contains(code), "{answer}");
        all.extend(in_log(&agent.logged())?);
    }
    let mut variables = agent_variables(platform, &refusing);
    variables.retain(|(name, _)| *name != Table::Users.env() && *name != env::MODEL_ID);
    variables.push((Table::Users.env(), "no-such-table".to_owned()));
    variables.push((env::MODEL_ID, "us.anthropic.none".to_owned()));
    let agent = Function::start(Name::PersonalizationAgent, &variables)?;
    let answer = agent.invoke(ask(), Duration::from_secs(10))?;
    ensure!(answer["statusCode"] == 500, "{answer}");
    let internal = in_log(&agent.logged())?;
    let error = (
        Metric::Errors.name().to_owned(),
        Dimension::Code.name().to_owned(),
        "internal".to_owned(),
    );
    ensure!(internal.contains(&error), "{}", agent.logged());
    all.extend(internal);
    Ok(all)
}

fn ask() -> Value {
    let body = json!({ "userId": "user-000005", "message": "hello" });
    json!({
        "httpMethod": "POST", "path": "/agent", "resource": "/agent", "headers": {},
        "requestContext": { "requestId": "harness" },
        "body": body.to_string(), "isBase64Encoded": false,
    })
}
