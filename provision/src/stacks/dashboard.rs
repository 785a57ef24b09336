//! The dashboard: what the platform does, on one page (OBS-1 to OBS-4).
//!
//! A row a subject: alarms; what supporters get; the APIs; the functions; the tables; the model.
//! Our own metrics are named as [`contract::metrics`] has them, everything else as AWS does.

use contract::metrics::{CODES, Metric, routes};
use contract::{ErrorCode, Function, Table, naming};
use serde_json::{Value, json};

use super::alarms::operations;
use super::names::prefixed;
use super::websocket_api::WebSocketApi;
use crate::cfn::cloudwatch::{Alarm, Dashboard};
use crate::cfn::{Expr, Handle, Template};

/// Columns of a dashboard.
const COLUMNS: usize = 24;
/// Height of a row, in the dashboard's units.
const HEIGHT: usize = 6;
const PERIOD_SECONDS: u32 = 300;

/// A widget without its place.
type Widget = Value;

/// Declares the dashboard.
pub fn dashboard(template: &mut Template, sockets: &WebSocketApi, alarms: &[Handle<Alarm>]) {
    let rows = [
        vec![alarm_states(alarms)],
        supporters(),
        apis(sockets),
        functions(),
        tables(),
        model(),
    ];
    let body =
        json!({ "widgets": rows.into_iter().enumerate().flat_map(placed).collect::<Vec<_>>() });
    let dashboard = Dashboard {
        dashboard_name: prefixed(""),
        dashboard_body: Expr::substituted(lines(&body, LINES_DEEP)),
    };
    template.add("Dashboard", &dashboard);
}

/// How deep the body is spread over lines: a metric of a widget is one.
const LINES_DEEP: usize = 5;

/// JSON with a line for each part down to a depth, so that a change to it can be reviewed.
fn lines(value: &Value, deep: usize) -> String {
    let (open, parts, close) = match value {
        _ if deep == 0 => return value.to_string(),
        Value::Array(items) => {
            let parts = items.iter().map(|item| lines(item, deep - 1)).collect();
            ("[", parts, "]")
        }
        Value::Object(fields) => {
            let part = |(name, value)| format!("{}: {}", json!(name), lines(value, deep - 1));
            ("{", fields.iter().map(part).collect::<Vec<_>>(), "}")
        }
        _ => return value.to_string(),
    };
    let inner = parts.join(",\n");
    let indented: Vec<String> = inner.lines().map(|line| format!(" {line}")).collect();
    format!("{open}\n{}\n{close}", indented.join("\n"))
}

/// The widgets of a row, side by side.
fn placed((row, widgets): (usize, Vec<Widget>)) -> Vec<Widget> {
    let width = COLUMNS / widgets.len().max(1);
    let place = |(column, mut widget): (usize, Widget)| {
        for (name, value) in [
            ("x", column * width),
            ("y", row * HEIGHT),
            ("width", width),
            ("height", HEIGHT),
        ] {
            widget[name] = value.into();
        }
        widget
    };
    widgets.into_iter().enumerate().map(place).collect()
}

fn alarm_states(alarms: &[Handle<Alarm>]) -> Widget {
    let arns: Vec<_> = alarms.iter().map(|alarm| text(&alarm.arn())).collect();
    json!({ "type": "alarm", "properties": { "title": "Alarms", "alarms": arns } })
}

/// An expression as it stands in the body.
fn text(expression: &Expr) -> String {
    expression.in_sub().unwrap_or_default()
}

/// A graph of metrics, each with its statistic.
fn graph(title: &str, metrics: impl Into<Value>) -> Widget {
    json!({
        "type": "metric",
        "properties": {
            "title": title,
            "region": text(&crate::cfn::region()),
            "period": PERIOD_SECONDS,
            "view": "timeSeries",
            "metrics": metrics.into(),
        },
    })
}

/// One line of a graph: `dimensions` are names and values in turn.
fn line(namespace: &str, metric: &str, dimensions: &[&str], stat: &str, label: &str) -> Value {
    let mut line = vec![json!(namespace), json!(metric)];
    line.extend(dimensions.iter().map(|part| json!(part)));
    line.push(json!({ "stat": stat, "label": label }));
    line.into()
}

/// One of our own metrics; `value` is its dimension's, where it has one.
fn ours(metric: Metric, value: &str, stat: &str, label: &str) -> Value {
    let dimension = metric.dimension().map(|of| [of.name(), value]);
    let dimensions = dimension.as_ref().map_or(&[][..], |both| &both[..]);
    line(&text(&prefixed("")), metric.name(), dimensions, stat, label)
}

fn supporters() -> Vec<Widget> {
    let requests = routes().map(|route| ours(Metric::Latency, route, "SampleCount", route));
    let latency = routes().map(|route| ours(Metric::Latency, route, "p95", route));
    let errors = CODES.map(|code| ours(Metric::Errors, code.code(), "Sum", code.code()));
    vec![
        graph("Requests by route", requests.collect::<Value>()),
        graph("Latency by route, p95 (ms)", latency.collect::<Value>()),
        graph("Errors by code", errors.to_vec()),
        graph("Sessions and searches", sessions_and_searches()),
    ]
}

/// What opened less what closed, added up, is what opened since the graph's beginning and is still
/// open.
fn sessions_and_searches() -> Vec<Value> {
    let mut change = ours(
        Metric::OpenSessions,
        "",
        "Sum",
        "sessions opened less closed",
    );
    if let Some(Value::Object(options)) = change.as_array_mut().and_then(|line| line.last_mut()) {
        options.insert("id".to_owned(), "change".into());
        options.insert("visible".to_owned(), false.into());
    }
    let open = json!([{ "expression": "RUNNING_SUM(change)", "label": "open sessions" }]);
    vec![
        change,
        open,
        ours(Metric::SearchHits, "", "Average", "hits a search"),
        ours(Metric::ContextConflicts, "", "Sum", "context conflicts"),
    ]
}

fn apis(sockets: &WebSocketApi) -> Vec<Widget> {
    let name = text(&prefixed("-rest"));
    let api = text(&sockets.api.reference());
    let rest = |metric, stat, label| {
        let dimensions = ["ApiName", &name, "Stage", naming::STAGE];
        line("AWS/ApiGateway", metric, &dimensions, stat, label)
    };
    let socket = |metric, label| {
        let dimensions = ["ApiId", api.as_str(), "Stage", naming::STAGE];
        line("AWS/ApiGateway", metric, &dimensions, "Sum", label)
    };
    vec![
        graph(
            "REST API",
            vec![
                rest("Count", "Sum", "requests"),
                rest("4XXError", "Sum", "4xx"),
                rest("5XXError", "Sum", "5xx"),
            ],
        ),
        graph(
            "REST API latency (ms)",
            vec![
                rest("Latency", "p50", "p50"),
                rest("Latency", "p95", "p95"),
                rest("IntegrationLatency", "p95", "p95 of the function"),
            ],
        ),
        graph(
            "WebSocket API",
            vec![
                socket("ConnectCount", "connects"),
                socket("MessageCount", "messages"),
                socket("ClientError", "client errors"),
                socket("IntegrationError", "integration errors"),
                socket("ExecutionError", "execution errors"),
            ],
        ),
    ]
}

fn functions() -> Vec<Widget> {
    let each = |metric: &str, stat: &str| -> Vec<Value> {
        let of = |function: Function| {
            let name = text(&prefixed(format!("-{}", function.name())));
            let dimensions = ["FunctionName", &name];
            line("AWS/Lambda", metric, &dimensions, stat, function.name())
        };
        Function::ALL.map(of).into()
    };
    vec![
        graph("Invocations", each("Invocations", "Sum")),
        graph("Faults of functions", each("Errors", "Sum")),
        graph("Throttles of functions", each("Throttles", "Sum")),
        graph("Duration, p95 (ms)", each("Duration", "p95")),
    ]
}

fn tables() -> Vec<Widget> {
    let each = |metric: &str| -> Vec<Value> {
        let of = |table| on_table(table, metric, &[], "Sum", table.name());
        Table::ALL.map(of).into()
    };
    let latency = Table::ALL.into_iter().flat_map(|table| {
        operations(table).iter().map(move |operation| {
            let label = format!("{} {operation}", table.name());
            let more = ["Operation", operation];
            on_table(table, "SuccessfulRequestLatency", &more, "Average", &label)
        })
    });
    vec![
        graph("Read capacity", each("ConsumedReadCapacityUnits")),
        graph("Write capacity", each("ConsumedWriteCapacityUnits")),
        graph(
            "Throttled reads and writes",
            [each("ReadThrottleEvents"), each("WriteThrottleEvents")].concat(),
        ),
        graph("Latency of tables (ms)", latency.collect::<Value>()),
    ]
}

fn on_table(table: Table, metric: &str, more: &[&str], stat: &str, label: &str) -> Value {
    let name = text(&prefixed(format!("-{}", table.name())));
    let dimensions = [&["TableName", name.as_str()], more].concat();
    line("AWS/DynamoDB", metric, &dimensions, stat, label)
}

fn model() -> Vec<Widget> {
    let refused = [ErrorCode::ModelThrottled, ErrorCode::ModelTimeout];
    let mut answers = vec![ours(Metric::ModelLatency, "", "SampleCount", "answers")];
    answers.extend(refused.map(|code| ours(Metric::Errors, code.code(), "Sum", code.code())));
    vec![
        graph("Model: answers and refusals", answers),
        graph(
            "Model: latency (ms)",
            vec![
                ours(Metric::ModelLatency, "", "p50", "p50"),
                ours(Metric::ModelLatency, "", "p95", "p95"),
                ours(Metric::TimeToFirstToken, "", "p95", "first words, p95"),
            ],
        ),
        graph(
            "Model: tokens",
            vec![
                ours(Metric::InputTokens, "", "Sum", "in"),
                ours(Metric::OutputTokens, "", "Sum", "out"),
            ],
        ),
    ]
}
