//! OBS-2: that what functions log arrives where it is looked for, and that no alarm rings.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::StateValue;
use contract::Function;
use contract::rest::ROUTES;
use deploy_target::OrExplain;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[
    check("OBS-2", "logs arrive", |ctx| Box::pin(logs_arrive(ctx))),
    check("OBS-2", "no alarm rings", |ctx| Box::pin(no_alarm(ctx))),
];

/// How long a line may take to its log group.
const PATIENCE: Duration = Duration::from_secs(40);

/// A line of an invocation's own log is found again in the function's log group.
async fn logs_arrive(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let function = Function::PersonalizationAgent;
    let route = ROUTES.iter().find(|route| route.function == function);
    let route = present("the agent's route", route)?;
    let body = serde_json::json!({"userId": supporter.user_id, "message": "Do my logs arrive?"});
    // Clocks differ, and a group has lines of others: a minute is few enough of them.
    let since = Timestamp::now().as_millisecond() - 60_000;
    let log = ctx.invoke(route, &body.to_string()).await?.log;
    let line = log
        .iter()
        .filter(|line| line.starts_with('{'))
        .max_by_key(|line| line.len());
    let line = present("a line of JSON in the invocation's log", line)?;
    let group = function.log_group(ctx.prefix()?);
    let start = Instant::now();
    while !holds(ctx, &group, since, line).await? {
        ensure(start.elapsed() < PATIENCE, || {
            format!(
                "a line of the agent is not in {group} after {} s",
                PATIENCE.as_secs()
            )
        })?;
        sleep(Duration::from_millis(500)).await;
    }
    Ok(Evidence::new(format!(
        "a line of one turn was in {group} after {} ms",
        start.elapsed().as_millis()
    )))
}

async fn holds(ctx: &Ctx, group: &str, since: i64, line: &str) -> Result<bool, Finding> {
    let mut pages = ctx
        .clients
        .logs
        .filter_log_events()
        .log_group_name(group)
        .start_time(since)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.or_explain(&ctx.target, format!("cannot read log group `{group}`"))?;
        let mut messages = page.events().iter().filter_map(|event| event.message());
        if messages.any(|message| message.trim_end() == line.trim_end()) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn no_alarm(ctx: &Ctx) -> Outcome {
    let resources = ctx.resources().await?;
    let ours: BTreeSet<&str> = resources
        .iter()
        .filter(|resource| resource.resource_type() == Some("AWS::CloudWatch::Alarm"))
        .filter_map(|resource| resource.physical_resource_id())
        .collect();
    let alarms = ctx
        .clients
        .cloudwatch
        .describe_alarms()
        .alarm_name_prefix(format!("{}-", ctx.prefix()?))
        .into_paginator()
        .send();
    let pages = alarms.collect::<Result<Vec<_>, _>>().await;
    let pages = pages.or_explain(&ctx.target, "cannot read the alarms")?;
    let live: Vec<(&str, &str)> = pages
        .iter()
        .flat_map(DescribeAlarmsOutput::metric_alarms)
        .filter_map(|alarm| Some((alarm.alarm_name()?, alarm.state_value()?.as_str())))
        .collect();
    quiet(&ours, &live)
}

/// That every alarm of the stack is there, and none is in ALARM.
fn quiet(ours: &BTreeSet<&str>, live: &[(&str, &str)]) -> Outcome {
    let live: Vec<&(&str, &str)> = live
        .iter()
        .filter(|(name, _)| ours.contains(name))
        .collect();
    ensure(!ours.is_empty() && live.len() == ours.len(), || {
        format!(
            "CloudWatch has {} of the stack's {} alarms",
            live.len(),
            ours.len()
        )
    })?;
    let of = |state: &str| -> Vec<&str> {
        let names = live.iter().filter(|(_, its)| *its == state);
        names.map(|(name, _)| *name).collect()
    };
    let ringing = of(StateValue::Alarm.as_str());
    ensure(ringing.is_empty(), || {
        format!("in ALARM: {}", ringing.join(", "))
    })?;
    let well = of(StateValue::Ok.as_str()).len();
    Ok(Evidence::new(format!(
        "{} alarms: {well} OK, {} without data yet, none in ALARM",
        live.len(),
        live.len() - well
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ringing_or_missing_alarm_is_found() {
        let ours = BTreeSet::from(["P-a", "P-b"]);
        let said = |live: &[(&str, &str)]| {
            quiet(&ours, live).map_or_else(|finding| finding.to_string(), |all| all.to_string())
        };
        assert_eq!(
            said(&[
                ("P-a", "OK"),
                ("P-b", "INSUFFICIENT_DATA"),
                ("P-other", "ALARM")
            ]),
            "2 alarms: 1 OK, 1 without data yet, none in ALARM"
        );
        assert_eq!(said(&[("P-a", "OK"), ("P-b", "ALARM")]), "in ALARM: P-b");
        assert_eq!(
            said(&[("P-a", "OK")]),
            "CloudWatch has 1 of the stack's 2 alarms"
        );
    }
}
