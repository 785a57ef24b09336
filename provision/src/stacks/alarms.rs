//! Alarms: errors of each API, throttles and faults of functions and tables (OBS-1 to OBS-3).

use contract::{Function, Table, naming, parameters};

use super::names::{prefixed, tags};
use super::parameters::HAS_ALARM_TOPIC;
use super::websocket_api::WebSocketApi;
use crate::cfn::cloudwatch::{Alarm, Dimension, Metric, MetricQuery, MetricStat};
use crate::cfn::{Expr, Template, sub};

const PERIOD_SECONDS: u32 = 300;

/// Operations whose faults DynamoDB counts apart; the ones that the platform's functions call.
const TABLE_OPERATIONS: [&str; 6] = [
    "GetItem",
    "Query",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
];

/// Declares every alarm.
pub fn alarms(template: &mut Template, sockets: &WebSocketApi) {
    let stage = dimension("Stage", naming::STAGE);
    let rest = vec![dimension("ApiName", prefixed("-rest")), stage.clone()];
    let socket = vec![dimension("ApiId", &sockets.api), stage];
    add(
        template,
        "RestErrors",
        "Server errors of the REST API",
        &[metric("AWS/ApiGateway", "5XXError", &rest)],
    );
    add(
        template,
        "WebSocketErrors",
        "Failed integrations and executions of the WebSocket API",
        &[
            metric("AWS/ApiGateway", "IntegrationError", &socket),
            metric("AWS/ApiGateway", "ExecutionError", &socket),
        ],
    );
    for function in Function::ALL {
        let of = vec![dimension(
            "FunctionName",
            prefixed(format!("-{}", function.name())),
        )];
        let name = function.name();
        add(
            template,
            &format!("{}Errors", function.id()),
            &format!("Faults of {name}"),
            &[metric("AWS/Lambda", "Errors", &of)],
        );
        add(
            template,
            &format!("{}Throttles", function.id()),
            &format!("Throttles of {name}"),
            &[metric("AWS/Lambda", "Throttles", &of)],
        );
    }
    for table in Table::ALL {
        table_alarms(template, table);
    }
}

fn table_alarms(template: &mut Template, table: Table) {
    let name = table.name();
    let of = dimension("TableName", prefixed(format!("-{name}")));
    add(
        template,
        &format!("{name}Throttles"),
        &format!("Throttled requests on {name}"),
        &[
            metric(
                "AWS/DynamoDB",
                "ReadThrottleEvents",
                std::slice::from_ref(&of),
            ),
            metric(
                "AWS/DynamoDB",
                "WriteThrottleEvents",
                std::slice::from_ref(&of),
            ),
        ],
    );
    let faults: Vec<_> = TABLE_OPERATIONS
        .iter()
        .map(|&operation| {
            let of = [of.clone(), dimension("Operation", operation)];
            metric("AWS/DynamoDB", "SystemErrors", &of)
        })
        .collect();
    add(
        template,
        &format!("{name}Faults"),
        &format!("Faults of DynamoDB on {name}"),
        &faults,
    );
}

/// An alarm that goes off when the metrics' sum over a period is above zero.
#[track_caller]
fn add(template: &mut Template, id: &str, description: &str, metrics: &[Metric]) {
    let actions = Expr::when(
        HAS_ALARM_TOPIC,
        Expr::List(vec![Expr::parameter(parameters::ALARM_TOPIC_ARN)]),
        Expr::NoValue,
    );
    let alarm = Alarm {
        alarm_name: sub![prefixed("-"), id],
        alarm_description: description.to_owned(),
        metrics: queries(metrics),
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

/// One series: the metric itself, or the sum of several.
fn queries(metrics: &[Metric]) -> Vec<MetricQuery> {
    let single = metrics.len() == 1;
    let mut queries: Vec<_> = metrics
        .iter()
        .enumerate()
        .map(|(index, metric)| MetricQuery {
            id: format!("m{index}"),
            label: None,
            expression: None,
            metric_stat: Some(MetricStat {
                metric: metric.clone(),
                period: PERIOD_SECONDS,
                stat: "Sum",
            }),
            return_data: single,
        })
        .collect();
    if !single {
        // A metric without data points is absent; filled with zeros it does not void the sum.
        let sum: Vec<_> = (0..metrics.len())
            .map(|index| format!("FILL(m{index}, 0)"))
            .collect();
        queries.push(MetricQuery {
            id: "total".into(),
            label: Some("Total".into()),
            expression: Some(sum.join(" + ")),
            metric_stat: None,
            return_data: true,
        });
    }
    queries
}

fn metric(namespace: &'static str, metric_name: &'static str, of: &[Dimension]) -> Metric {
    Metric {
        namespace,
        metric_name,
        dimensions: of.to_vec(),
    }
}

fn dimension(name: &'static str, value: impl Into<Expr>) -> Dimension {
    Dimension {
        name,
        value: value.into(),
    }
}
