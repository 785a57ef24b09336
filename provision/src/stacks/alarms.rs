//! Alarms: errors of each API, throttles and faults of functions and tables, what clients are told
//! of the model and of our own failures (OBS-1 to OBS-4).
//!
//! One alarm a metric, so that the alarm's name says what went wrong.

use contract::{ErrorCode, Function, Metric as Ours, Table, naming, parameters};

use super::names::{prefixed, tags};
use super::parameters::HAS_ALARM_TOPIC;
use super::websocket_api::WebSocketApi;
use crate::cfn::cloudwatch::{Alarm, Dimension};
use crate::cfn::{Expr, Handle, Template, sub};

const PERIOD_SECONDS: u32 = 300;

/// Declares every alarm.
pub fn alarms(template: &mut Template, sockets: &WebSocketApi) -> Vec<Handle<Alarm>> {
    let mut alarms = api_alarms(template, sockets);
    alarms.extend(error_alarms(template));
    for function in Function::ALL {
        alarms.extend(function_alarms(template, function));
    }
    for table in Table::ALL {
        alarms.extend(table_alarms(template, table));
    }
    alarms
}

/// What clients are told, by the functions' own metrics: over a WebSocket no status says it.
fn error_alarms(template: &mut Template) -> Vec<Handle<Alarm>> {
    [
        (
            ErrorCode::Internal,
            "InternalErrors",
            "Failures of ours, as clients are told",
        ),
        (
            ErrorCode::ModelThrottled,
            "ModelThrottles",
            "Messages refused: the model is throttled",
        ),
        (
            ErrorCode::ModelTimeout,
            "ModelTimeouts",
            "Messages refused: the model is too slow",
        ),
    ]
    .map(|(code, id, description)| {
        let dimension = Ours::Errors
            .dimension()
            .map(|of| dimension(of.name(), code.code()));
        let metric = Metric {
            namespace: prefixed(""),
            name: Ours::Errors.name(),
            dimensions: dimension.into_iter().collect(),
        };
        add(template, id, description, metric)
    })
    .into()
}

fn api_alarms(template: &mut Template, sockets: &WebSocketApi) -> Vec<Handle<Alarm>> {
    let stage = dimension("Stage", naming::STAGE);
    let rest = vec![dimension("ApiName", prefixed("-rest")), stage.clone()];
    let socket = vec![dimension("ApiId", &sockets.api), stage];
    let on = |metric, dimensions: &[Dimension]| Metric {
        namespace: "AWS/ApiGateway".into(),
        name: metric,
        dimensions: dimensions.to_vec(),
    };
    [
        (
            on("5XXError", &rest),
            "RestErrors",
            "Server errors of the REST API",
        ),
        (
            on("IntegrationError", &socket),
            "WebSocketIntegrationErrors",
            "Failed integrations of the WebSocket API",
        ),
        (
            on("ExecutionError", &socket),
            "WebSocketExecutionErrors",
            "Failed executions of the WebSocket API",
        ),
    ]
    .map(|(metric, id, description)| add(template, id, description, metric))
    .into()
}

fn function_alarms(template: &mut Template, function: Function) -> Vec<Handle<Alarm>> {
    let (id, name) = (function.id(), function.name());
    [("Errors", "Faults"), ("Throttles", "Throttles")]
        .map(|(metric, what)| {
            let of = Metric {
                namespace: "AWS/Lambda".into(),
                name: metric,
                dimensions: vec![dimension("FunctionName", prefixed(format!("-{name}")))],
            };
            add(
                template,
                &format!("{id}{metric}"),
                &format!("{what} of {name}"),
                of,
            )
        })
        .into()
}

fn table_alarms(template: &mut Template, table: Table) -> Vec<Handle<Alarm>> {
    let name = table.name();
    let of_table = dimension("TableName", prefixed(format!("-{name}")));
    let on = |metric, dimensions| Metric {
        namespace: "AWS/DynamoDB".into(),
        name: metric,
        dimensions,
    };
    let throttles = [
        ("ReadThrottleEvents", "reads"),
        ("WriteThrottleEvents", "writes"),
    ]
    .map(|(metric, what)| {
        let id = format!("{name}{}", metric.trim_end_matches("Events"));
        let description = format!("Throttled {what} of {name}");
        add(
            template,
            &id,
            &description,
            on(metric, vec![of_table.clone()]),
        )
    });
    // DynamoDB counts its own faults by operation only.
    let faults = operations(table).iter().map(|&operation| {
        let dimensions = vec![of_table.clone(), dimension("Operation", operation)];
        let description = format!("Faults of DynamoDB in {operation} on {name}");
        let id = format!("{name}{operation}Faults");
        add(template, &id, &description, on("SystemErrors", dimensions))
    });
    let faults: Vec<_> = faults.collect();
    throttles.into_iter().chain(faults).collect()
}

/// The operations that the functions call on a table; the agent writes in transactions.
pub(super) const fn operations(table: Table) -> &'static [&'static str] {
    match table {
        Table::Users => &["GetItem", "TransactWriteItems"],
        Table::Donations => &["Query"],
        Table::Context | Table::Interactions => &["Query", "TransactWriteItems"],
        Table::Sessions => &["PutItem", "UpdateItem", "DeleteItem"],
    }
}

/// What an alarm watches: a metric's sum over a period.
struct Metric {
    namespace: Expr,
    name: &'static str,
    dimensions: Vec<Dimension>,
}

/// An alarm that goes off when the sum is above zero.
#[track_caller]
fn add(template: &mut Template, id: &str, description: &str, metric: Metric) -> Handle<Alarm> {
    let actions = Expr::when(
        HAS_ALARM_TOPIC,
        Expr::List(vec![Expr::parameter(parameters::ALARM_TOPIC_ARN)]),
        Expr::NoValue,
    );
    let alarm = Alarm {
        alarm_name: sub![prefixed("-"), id],
        alarm_description: description.to_owned(),
        namespace: metric.namespace,
        metric_name: metric.name,
        dimensions: metric.dimensions,
        statistic: "Sum",
        period: PERIOD_SECONDS,
        comparison_operator: "GreaterThanThreshold",
        threshold: 0,
        evaluation_periods: 1,
        treat_missing_data: "notBreaching",
        alarm_actions: actions.clone(),
        ok_actions: actions,
        tags: tags(),
    };
    template.add(format!("{id}Alarm"), &alarm)
}

fn dimension(name: &'static str, value: impl Into<Expr>) -> Dimension {
    Dimension {
        name,
        value: value.into(),
    }
}
