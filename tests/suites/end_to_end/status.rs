//! `ops status`.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use contract::metrics::Dimension;
use contract::{Function as Name, Metric, Table, local, prices};
use platform_tests::aws::post_json;
use platform_tests::platform::Platform;
use platform_tests::rest::Call;
use platform_tests::socket::{Key, Socket};
use platform_tests::template::Template;
use platform_tests::{poll, program};
use serde_json::{Value, json};

use crate::Look;

pub const TESTS: &[(&str, Look)] = &[
    ("status::everything_is_on_one_screen", screen),
    ("status::figures_grow_with_what_is_done", figures),
    ("status::watching_goes_on_until_it_is_interrupted", watching),
    ("status::on_aws_figures_are_cloudwatchs", from_cloudwatch),
];

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
    let counted = poll::until(poll::PATIENCE, || {
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
        let line = watched.line(poll::PATIENCE).context("no line")?;
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
    let target = "GraniteServiceVersion20100801.PutMetricData";
    post_json(platform.endpoint(), "monitoring", target, metrics)
}
