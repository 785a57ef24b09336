//! Alarms: errors of each API, throttles and faults of functions and tables (OBS-1 to OBS-3).
//!
//! One alarm a metric, so that the alarm's name says what went wrong.

use contract::{Function, Table, naming, parameters};

use super::names::{prefixed, tags};
use super::parameters::HAS_ALARM_TOPIC;
use super::websocket_api::WebSocketApi;
use crate::cfn::cloudwatch::{Alarm, Dimension};
use crate::cfn::{Expr, Template, sub};

const PERIOD_SECONDS: u32 = 300;

/// Declares every alarm.
pub fn alarms(template: &mut Template, sockets: &WebSocketApi) {
    api_alarms(template, sockets);
    for function in Function::ALL {
        function_alarms(template, function);
    }
    for table in Table::ALL {
        table_alarms(template, table);
    }
}

fn api_alarms(template: &mut Template, sockets: &WebSocketApi) {
    let stage = dimension("Stage", naming::STAGE);
    let rest = vec![dimension("ApiName", prefixed("-rest")), stage.clone()];
    let socket = vec![dimension("ApiId", &sockets.api), stage];
    let on = |metric, dimensions: &[Dimension]| Metric {
        namespace: "AWS/ApiGateway",
        name: metric,
        dimensions: dimensions.to_vec(),
    };
    add(
        template,
        "RestErrors",
        "Server errors of the REST API",
        on("5XXError", &rest),
    );
    add(
        template,
        "WebSocketIntegrationErrors",
        "Failed integrations of the WebSocket API",
        on("IntegrationError", &socket),
    );
    add(
        template,
        "WebSocketExecutionErrors",
        "Failed executions of the WebSocket API",
        on("ExecutionError", &socket),
    );
}

fn function_alarms(template: &mut Template, function: Function) {
    let (id, name) = (function.id(), function.name());
    for (metric, what) in [("Errors", "Faults"), ("Throttles", "Throttles")] {
        let of = Metric {
            namespace: "AWS/Lambda",
            name: metric,
            dimensions: vec![dimension("FunctionName", prefixed(format!("-{name}")))],
        };
        add(
            template,
            &format!("{id}{metric}"),
            &format!("{what} of {name}"),
            of,
        );
    }
}

fn table_alarms(template: &mut Template, table: Table) {
    let name = table.name();
    let of_table = dimension("TableName", prefixed(format!("-{name}")));
    let on = |metric, dimensions| Metric {
        namespace: "AWS/DynamoDB",
        name: metric,
        dimensions,
    };
    for (metric, what) in [
        ("ReadThrottleEvents", "reads"),
        ("WriteThrottleEvents", "writes"),
    ] {
        let id = format!("{name}{}", metric.trim_end_matches("Events"));
        let description = format!("Throttled {what} of {name}");
        add(
            template,
            &id,
            &description,
            on(metric, vec![of_table.clone()]),
        );
    }
    // DynamoDB counts its own faults by operation only.
    for &operation in operations(table) {
        let dimensions = vec![of_table.clone(), dimension("Operation", operation)];
        let description = format!("Faults of DynamoDB in {operation} on {name}");
        let metric = on("SystemErrors", dimensions);
        add(
            template,
            &format!("{name}{operation}Faults"),
            &description,
            metric,
        );
    }
}

/// The operations that the functions call on a table; the agent writes in transactions.
const fn operations(table: Table) -> &'static [&'static str] {
    match table {
        Table::Users => &["GetItem", "TransactWriteItems"],
        Table::Donations => &["Query"],
        Table::Context | Table::Interactions => &["Query", "TransactWriteItems"],
        Table::Sessions => &["PutItem", "UpdateItem", "DeleteItem"],
    }
}

/// What an alarm watches: a metric's sum over a period.
struct Metric {
    namespace: &'static str,
    name: &'static str,
    dimensions: Vec<Dimension>,
}

/// An alarm that goes off when the sum is above zero.
#[track_caller]
fn add(template: &mut Template, id: &str, description: &str, metric: Metric) {
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
    template.add(format!("{id}Alarm"), &alarm);
}

fn dimension(name: &'static str, value: impl Into<Expr>) -> Dimension {
    Dimension {
        name,
        value: value.into(),
    }
}
