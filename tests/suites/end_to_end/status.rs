//! `ops status`, and the metrics that it, the alarms and the dashboard live on.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use contract::metrics::Dimension;
use contract::{Function as Name, Metric, Table, env, local, prices};
use platform_tests::harness::{Bedrock, Chats, Ending, Function, Script, agent_variables};
use platform_tests::platform::Platform;
use platform_tests::rest::Call;
use platform_tests::socket::{Key, Socket};
use platform_tests::template::{Template, named_metrics};
use platform_tests::{poll, program};
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("status::everything_is_on_one_screen", screen),
    ("status::figures_grow_with_what_is_done", figures),
    ("status::watching_goes_on_until_it_is_interrupted", watching),
    ("status::on_aws_figures_are_cloudwatchs", from_cloudwatch),
    (
        "status::every_metric_that_alarms_and_dashboard_name_is_emitted",
        emitted,
    ),
];

const PATIENCE: Duration = Duration::from_secs(15);

fn status(platform: &Platform) -> Result<Value> {
    let ended = platform.run("ops", &["status", "--json"])?.success()?;
    serde_json::from_str(&ended.stdout).context(ended.stdout)
}

fn screen(platform: &Platform) -> Result<()> {
    let ended = platform.run("ops", &["status"])?.success()?;
    let functions = Name::ALL.map(Name::name);
    let tables = Table::ALL.map(Table::name);
    let others = [
        "REST",
        "WebSocket",
        "RestErrors",
        "tokens in",
        "USD",
        "open",
        platform.stack(),
    ];
    for word in functions.iter().chain(&tables).chain(&others) {
        ensure!(ended.stdout.contains(word), "no {word}:\n{}", ended.stdout);
    }
    ensure!(!ended.stdout.contains(platform.key()), "the key is printed");
    let wide = ended.stdout.lines().find(|line| line.chars().count() > 130);
    ensure!(wide.is_none(), "{wide:?}");
    Ok(())
}

fn figures(platform: &Platform) -> Result<()> {
    let before = status(platform)?;
    let body = json!({"userId": "user-000004", "message": "What may I do?"});
    let answer = Call::post(platform, "/agent", &body).send()?;
    ensure!(answer.status == 200, "{answer:?}");
    let tokens = answer
        .body
        .pointer("/usage/inputTokens")
        .and_then(Value::as_f64);
    let mut after = Value::Null;
    let number = |status: &Value, place: &str| {
        status
            .pointer(place)
            .and_then(Value::as_f64)
            .unwrap_or_default()
    };
    let counted = poll::until(PATIENCE, || {
        after = status(platform).unwrap_or_default();
        let grown = number(&after, "/model/inputTokens") - number(&before, "/model/inputTokens");
        tokens.is_some_and(|tokens| grown >= tokens)
    });
    ensure!(counted, "{before}\n{after}");
    for place in [
        "/model/answers",
        "/functions/1/requests",
        "/apis/0/requests",
        "/model/usd",
    ] {
        ensure!(
            number(&after, place) > number(&before, place),
            "{place}: {before}\n{after}"
        );
    }
    let rows = |list: &str| after[list].as_array().cloned().unwrap_or_default();
    ensure!(
        rows("functions").iter().all(|it| it["state"] == "Active"),
        "{after}"
    );
    ensure!(
        rows("functions")
            .iter()
            .all(|it| it["codeSha256"].is_string()),
        "{after}"
    );
    ensure!(
        rows("tables").iter().all(|it| it["state"] == "ACTIVE"),
        "{after}"
    );
    ensure!(
        rows("apis").iter().all(|it| it["state"] == "deployed"),
        "{after}"
    );
    let template = Template::read("platform.yaml")?;
    let alarms = template.of_type("AWS::CloudWatch::Alarm").count();
    ensure!(rows("alarms").len() == alarms, "{after}");
    ensure!(
        rows("alarms").iter().all(|it| it["state"] != "missing"),
        "{after}"
    );
    Ok(())
}

fn watching(platform: &Platform) -> Result<()> {
    let watched = platform.watch("ops", &["status", "--watch", "--every", "1", "--json"])?;
    for _ in 0..2 {
        let line = watched.line(PATIENCE).context("no line")?;
        let status: Value = serde_json::from_str(&line).context(line)?;
        ensure!(status["stack"]["name"] == platform.stack(), "{status}");
    }
    let code = watched.interrupt()?;
    ensure!(code == Some(0), "it ended with {code:?}");
    Ok(())
}

/// The engine answers as CloudWatch, with what was put there and with what it counts of functions.
fn from_cloudwatch(platform: &Platform) -> Result<()> {
    let sample = |name: &str, value: f64| json!({"MetricName": name, "Value": value});
    let mut error = sample(Metric::Errors.name(), 2.0);
    error["Dimensions"] = json!([{"Name": Dimension::Code.name(), "Value": "internal"}]);
    let data = [
        sample(Metric::InputTokens.name(), 1_000_000.0),
        sample(Metric::OutputTokens.name(), 0.0),
        sample(Metric::ModelLatency.name(), 700.0),
        error,
    ];
    put_metrics(
        platform,
        &json!({"Namespace": platform.prefix(), "MetricData": data}),
    )?;
    let mut socket = Socket::connect(platform, Some("user-000004"), Key::Header(platform.key()))?;
    socket.chat(&json!({"message": "hello"}).to_string())?;
    socket.close()?;
    let ended = program::ended(
        Command::new(program::binary("ops")?)
            .args(["status", "--json", "--exit-code", "--region", local::REGION])
            .args(["--stack-name", platform.stack()])
            .env("AWS_ENDPOINT_URL", platform.endpoint())
            .env("AWS_ACCESS_KEY_ID", local::ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", local::ACCESS_KEY),
    )?;
    let status: Value =
        serde_json::from_str(&ended.stdout).with_context(|| format!("{ended:?}"))?;
    ensure!(status["figures"] == "cloudwatch", "{status}");
    // The engine's alarms are on metrics as AWS's are.
    ensure!(
        ended.code == Some(1) && status["healthy"] == false,
        "{status}"
    );
    let problems = status["problems"].to_string();
    ensure!(problems.contains("alarm InternalErrors is on"), "{status}");
    let model = &status["model"];
    ensure!(
        model["inputTokens"] == 1_000_000.0 && model["answers"] == 1.0,
        "{status}"
    );
    let price = prices::of_model(contract::model::DEFAULT_MODEL).context("no price")?;
    ensure!(model["usd"] == price.input_usd_per_million, "{status}");
    ensure!(
        status["errors"] == json!([{"code": "internal", "count": 2.0}]),
        "{status}"
    );
    // ws-message calls the agent through Lambda's own API, where the engine counts.
    let agent = &status["functions"][1];
    ensure!(
        agent["requests"].as_f64() >= Some(1.0) && agent["p95Ms"].is_number(),
        "{status}"
    );
    Ok(())
}

fn put_metrics(platform: &Platform, metrics: &Value) -> Result<()> {
    let scope = format!(
        "{}/20260101/{}/monitoring",
        local::ACCESS_KEY,
        local::REGION
    );
    let signed = "aws4_request, SignedHeaders=host, Signature=0";
    let answer = ureq::post(platform.endpoint())
        .header(
            "x-amz-target",
            "GraniteServiceVersion20100801.PutMetricData",
        )
        .header("content-type", "application/x-amz-json-1.0")
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential={scope}/{signed}"),
        )
        .send(metrics.to_string())?;
    ensure!(answer.status() == 200, "{answer:?}");
    Ok(())
}

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
    poll::until(PATIENCE, || {
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
    let script = Script::counting(10).every(Duration::from_millis(100));
    let chats = Chats::start(platform, script, 2)?;
    chats.supporter(user)?;
    chats.open("metrics-old", user, -10)?;
    chats.say("metrics-old", &json!({"message": "hello"}))?;
    chats.open("metrics-busy", user, 3600)?;
    let first = chats.begin("metrics-busy", &json!({"message": "first"}))?;
    let speaks = || !chats.bedrock.turns().is_empty();
    ensure!(poll::until(PATIENCE, speaks), "{}", chats.logged());
    chats.say("metrics-busy", &json!({"message": "second"}))?;
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
        let answer = agent.invoke(ask(), Duration::from_secs(5))?;
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
