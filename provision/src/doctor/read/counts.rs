//! How many there are, and how many there may be.

use std::future::Future;

use aws_sdk_cloudformation::types::StackStatus;
use aws_sdk_iam::types::SummaryKeyType;
use contract::Failure;
use deploy_target::OrExplain;
use futures::try_join;

use crate::clients::Clients;
use crate::doctor::quotas::{Quota, Use};

/// A quota's limit, and what `count` says.
pub(super) async fn of(
    clients: &Clients,
    quota: Quota,
    count: impl Future<Output = Result<u64, Failure>>,
) -> Result<Use, Failure> {
    let (limit, used) = try_join!(limit(clients, quota), count)?;
    Ok(Use { limit, used })
}

async fn limit(clients: &Clients, quota: Quota) -> Result<u64, Failure> {
    let Quota {
        what,
        service,
        code,
    } = quota;
    let call = clients.service_quotas.get_service_quota();
    let call = call.service_code(service).quota_code(code).send().await;
    let what = || format!("cannot read the quota of {what}");
    let answer = call.or_explain(&clients.target, what())?;
    let value = answer.quota.and_then(|quota| quota.value);
    value
        .map(whole)
        .ok_or_else(|| Failure::new(what()).because("Service Quotas gives no value"))
}

/// Quotas come as floating-point numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count from 0 on, far below 2^53"
)]
fn whole(value: f64) -> u64 {
    value.max(0.0) as u64
}

/// Stacks that are not deleted.
pub(super) async fn stacks(clients: &Clients) -> Result<u64, Failure> {
    let statuses = StackStatus::values().iter().copied().map(StackStatus::from);
    let there = statuses.filter(|status| *status != StackStatus::DeleteComplete);
    let call = clients.cloudformation.list_stacks();
    let call = call.set_stack_status_filter(Some(there.collect()));
    let mut pages = call.into_paginator().items().send();
    let mut count = 0;
    while let Some(stack) = pages.next().await {
        stack.or_explain(&clients.target, "cannot count the stacks")?;
        count += 1;
    }
    Ok(count)
}

/// Tables.
pub(super) async fn tables(clients: &Clients) -> Result<u64, Failure> {
    let mut pages = clients
        .dynamodb
        .list_tables()
        .into_paginator()
        .items()
        .send();
    let mut count = 0;
    while let Some(table) = pages.next().await {
        table.or_explain(&clients.target, "cannot count the tables")?;
        count += 1;
    }
    Ok(count)
}

/// Usage plans.
pub(super) async fn usage_plans(clients: &Clients) -> Result<u64, Failure> {
    let call = clients.apigateway.get_usage_plans().limit(500);
    let mut pages = call.into_paginator().items().send();
    let mut count = 0;
    while let Some(plan) = pages.next().await {
        plan.or_explain(&clients.target, "cannot count the usage plans")?;
        count += 1;
    }
    Ok(count)
}

/// Roles, whose quota IAM itself knows.
pub(super) async fn roles(clients: &Clients) -> Result<Use, Failure> {
    let call = clients.iam.get_account_summary().send().await;
    let answer = call.or_explain(&clients.target, "cannot count the roles")?;
    let summary = answer.summary_map.unwrap_or_default();
    let number = |key: &SummaryKeyType| {
        let value = summary.get(key).copied().unwrap_or_default();
        u64::try_from(value).unwrap_or_default()
    };
    Ok(Use {
        limit: number(&SummaryKeyType::from("RolesQuota")),
        used: number(&SummaryKeyType::from("Roles")),
    })
}

/// Executions at once: what other functions reserve counts as used.
pub(super) async fn concurrency(clients: &Clients) -> Result<Use, Failure> {
    let call = clients.lambda.get_account_settings().send().await;
    let answer = call.or_explain(&clients.target, "cannot read Lambda's account settings")?;
    let limit = answer.account_limit;
    let all = limit
        .as_ref()
        .map_or(0, |limit| limit.concurrent_executions);
    let free = limit.and_then(|limit| limit.unreserved_concurrent_executions);
    let count = |number: i32| u64::try_from(number).unwrap_or_default();
    Ok(Use {
        limit: count(all),
        used: count(all - free.unwrap_or(all)),
    })
}
