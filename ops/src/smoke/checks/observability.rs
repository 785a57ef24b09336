//! OBS-1 to OBS-4: logs, metrics and alarms.
//!
//! Alarms and log groups are read as resources of the stack, and what functions write is read from
//! the tail of an invocation's log.

use aws_sdk_cloudformation::types::StackResourceSummary;
use contract::rest::{ROUTES, Route};
use contract::{Function, Metric, Table, naming, outputs, parameters};
use serde_json::{Value, json};

use super::check;
use super::functions::configuration;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[
    check("OBS-1", "stage metrics and logging", |ctx| {
        Box::pin(stage(ctx))
    }),
    check("OBS-1", "access log", |ctx| Box::pin(access_log(ctx))),
    check("OBS-1", "execution log group and alarms", |ctx| {
        Box::pin(rest_logs(ctx))
    }),
    check("OBS-2", "log groups", |ctx| Box::pin(function_logs(ctx))),
    check("OBS-2", "logs are JSON", |ctx| Box::pin(json_logs(ctx))),
    check("OBS-2", "alarms", |ctx| Box::pin(function_alarms(ctx))),
    check("OBS-3", "alarms", |ctx| Box::pin(table_alarms(ctx))),
    check("OBS-4", "a turn is tracked", |ctx| Box::pin(tracked(ctx))),
];

async fn stage(ctx: &Ctx) -> Outcome {
    let settings = ctx.rest_settings().await?;
    same("metrics of the stage", &settings.metrics_enabled, &true)?;
    let parameter = |name: &str| ctx.stack.parameters.get(name).map(String::as_str);
    let environment = ctx.output(outputs::ENVIRONMENT)?;
    let full = environment != "prod" && parameter(parameters::FULL_REQUEST_LOGGING) == Some("true");
    same("full request logging", &settings.data_trace_enabled, &full)?;
    let level = settings.logging_level().unwrap_or("OFF");
    same(
        "the logging level",
        &level,
        &if full { "INFO" } else { "ERROR" },
    )?;
    Ok(Evidence::new(format!(
        "metrics on, execution log {level}, full requests {} (environment {environment})",
        if full { "on" } else { "off" },
    )))
}

/// Where access is logged, and that the lines hold no query string (it may hold a key) and no path
/// (it names a supporter).
async fn access_log(ctx: &Ctx) -> Outcome {
    let access = ctx.rest_stage().await?.access_log_settings;
    let access = present("the stage's access log", access)?;
    let destination = present("the access log's group", access.destination_arn)?;
    let format = present("the access log's format", access.format)?;
    let leak = ["$context.path\"", "querystring", "$input"]
        .into_iter()
        .find(|leak| format.to_lowercase().contains(leak));
    ensure(leak.is_none(), || {
        format!("the access log holds what may be secret: {format}")
    })?;
    let group = destination
        .rsplit(':')
        .next()
        .unwrap_or(&destination)
        .to_owned();
    complete(ctx.resources().await?, LOG_GROUP, |id| id == group, &group)?;
    Ok(Evidence::new(format!(
        "lines of JSON to {group}, without paths and query strings"
    )))
}

async fn rest_logs(ctx: &Ctx) -> Outcome {
    let api = ctx.output(outputs::REST_API_ID)?;
    let execution = format!("API-Gateway-Execution-Logs_{api}/{}", naming::STAGE);
    let resources = ctx.resources().await?;
    complete(resources, LOG_GROUP, |id| id == execution, &execution)?;
    let mut alarms = Vec::new();
    for api in ["Rest", "WebSocket"] {
        let name = format!("{}-{api}", ctx.prefix()?);
        let matches = |id: &str| id.starts_with(&name) && id.contains("Error");
        alarms.extend(complete(
            resources,
            ALARM,
            matches,
            &format!("{name}…Error…"),
        )?);
    }
    Ok(Evidence::new(format!(
        "resources of the stack: log group {execution}, alarms {}",
        alarms.join(", ")
    )))
}

async fn function_logs(ctx: &Ctx) -> Outcome {
    let resources = ctx.resources().await?;
    for function in Function::ALL {
        let group = function.log_group(ctx.prefix()?);
        complete(resources, LOG_GROUP, |id| id == group, &group)?;
        let live = configuration(ctx, function).await?.logging_config;
        let live = present(&format!("the logging of {}", function.name()), live)?;
        let format = live.log_format().map(|format| format.as_str().to_owned());
        let what = format!("the log format of {}", function.name());
        same(&what, &format.as_deref(), &Some("JSON"))?;
        let what = format!("the log group of {}", function.name());
        same(&what, &live.log_group(), &Some(group.as_str()))?;
    }
    let count = Function::ALL.len();
    let days = ctx.stack.parameters.get(parameters::LOG_RETENTION_DAYS);
    let days = present("parameter LogRetentionDays", days)?;
    Ok(Evidence::new(format!(
        "{count} functions log JSON into {count} groups of the stack, kept {days} days by its \
         parameter"
    )))
}

async fn json_logs(ctx: &Ctx) -> Outcome {
    let log = agent_log(ctx).await?;
    let lines = objects(&log)?;
    ensure(!lines.is_empty(), || {
        "a turn of the agent logs nothing".to_owned()
    })?;
    ensure(!log.iter().any(|line| line.contains(MESSAGE)), || {
        "a log line holds what the supporter wrote".to_owned()
    })?;
    Ok(Evidence::new(format!(
        "{} lines of one turn of the agent, each a JSON object, none with the message",
        lines.len()
    )))
}

const MESSAGE: &str = "How do I volunteer on Saturdays?";

/// The tail of the agent's log of one turn.
async fn agent_log(ctx: &Ctx) -> Result<Vec<String>, Finding> {
    let supporter = ctx.supporter().await?;
    let agent = |route: &&Route| route.function == Function::PersonalizationAgent;
    let route = present("the agent's route", ROUTES.iter().find(agent))?;
    let body = json!({"userId": supporter.user_id, "message": MESSAGE});
    let invocation = ctx.invoke(route, &body.to_string()).await?;
    same("the status of the turn", &invocation.status, &200)?;
    Ok(invocation.log)
}

/// Every line of a log as a JSON object.
fn objects(log: &[String]) -> Result<Vec<Value>, Finding> {
    let parse = |line: &String| {
        let value: Option<Value> = serde_json::from_str(line).ok();
        let value = value.filter(Value::is_object);
        // Its words may be anybody's: only the beginning is shown.
        let start: String = line.chars().take(40).collect();
        value.ok_or_else(|| Finding::new(format!("a log line is no JSON object: {start}…")))
    };
    log.iter().map(parse).collect()
}

async fn function_alarms(ctx: &Ctx) -> Outcome {
    alarms(
        ctx,
        &Function::ALL.map(Function::id),
        "faults and throttles",
    )
    .await
}

async fn table_alarms(ctx: &Ctx) -> Outcome {
    alarms(ctx, &Table::ALL.map(Table::name), "faults and throttles").await
}

/// At least one alarm on faults and one on throttles of each.
async fn alarms(ctx: &Ctx, of: &[&str], on: &str) -> Outcome {
    let resources = ctx.resources().await?;
    let mut count = 0;
    for name in of {
        let alarm = format!("{}-{name}", ctx.prefix()?);
        for words in [&["Fault", "Error"][..], &["Throttle"]] {
            let matches = |id: &str| {
                let rest = id.strip_prefix(&alarm);
                rest.is_some_and(|rest| words.iter().any(|word| rest.contains(word)))
            };
            let what = format!("{alarm}…{}…", words.join("|"));
            count += complete(resources, ALARM, matches, &what)?.len();
        }
    }
    Ok(Evidence::new(format!(
        "{count} alarms among the stack's resources, on {on} of {}",
        of.join(", ")
    )))
}

/// One line for each call of the model, with latency and tokens.
async fn tracked(ctx: &Ctx) -> Outcome {
    let lines = objects(&agent_log(ctx).await?)?;
    let calls: Vec<[&Value; 3]> = lines.iter().filter_map(call).collect();
    same(
        "the number of log lines with latency and tokens",
        &calls.len(),
        &1,
    )?;
    let [latency, input, output] = calls[0];
    Ok(Evidence::new(format!(
        "one line for one call of the model: {latency} ms, {input} tokens in, {output} out"
    )))
}

/// Latency and tokens of a log line that has them, by their metrics' names.
fn call(line: &Value) -> Option<[&Value; 3]> {
    let find = |metric: Metric| line.get(metric.name()).filter(|value| value.is_number());
    Some([
        find(Metric::ModelLatency)?,
        find(Metric::InputTokens)?,
        find(Metric::OutputTokens)?,
    ])
}

const ALARM: &str = "AWS::CloudWatch::Alarm";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";

/// The physical ids of the stack's resources of a type that match; at least one, all complete.
fn complete<'a>(
    resources: &'a [StackResourceSummary],
    kind: &str,
    matches: impl Fn(&str) -> bool,
    what: &str,
) -> Result<Vec<&'a str>, Finding> {
    let of_kind = resources
        .iter()
        .filter(|resource| resource.resource_type() == Some(kind));
    let found: Vec<&StackResourceSummary> = of_kind
        .filter(|resource| resource.physical_resource_id().is_some_and(&matches))
        .collect();
    ensure(!found.is_empty(), || {
        format!("the stack has no {kind} {what}")
    })?;
    for resource in &found {
        let status = resource
            .resource_status()
            .map_or("unknown", |status| status.as_str());
        let done = matches!(
            status,
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE"
        );
        ensure(done, || format!("{kind} {what} is {status}"))?;
    }
    Ok(found
        .iter()
        .filter_map(|resource| resource.physical_resource_id())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_a_line_with_latency_and_tokens() {
        let line = json!({"ModelLatency": 7, "InputTokens": 5, "OutputTokens": 3});
        assert_eq!(call(&line), Some([&json!(7), &json!(5), &json!(3)]));
        assert_eq!(call(&json!({"ModelLatency": 7})), None);
    }

    #[test]
    fn a_log_of_other_than_objects_is_found_without_being_repeated() {
        assert_eq!(objects(&["{}".to_owned()]), Ok(vec![json!({})]));
        let long = format!("plain {}", "x".repeat(100));
        let finding = objects(&[long]).unwrap_err().to_string();
        assert!(finding.len() < 100, "{finding}");
    }
}
