//! REST-7 to REST-9: rate, key and quota.

use contract::rest::{Input, ROUTES};
use contract::{ErrorCode, limits, outputs};
use serde_json::json;

use super::check;
use crate::smoke::check::{Check, Evidence, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;
use crate::smoke::gateway::throttled;
use crate::smoke::http::Key;

pub(super) const CHECKS: &[Check] = &[
    check("REST-7", "throttle of the stage", |ctx| {
        Box::pin(stage_throttle(ctx))
    }),
    check("REST-7", "throttle of the usage plan", |ctx| {
        Box::pin(plan_throttle(ctx))
    }),
    check("REST-8", "no key and a wrong key", |ctx| {
        Box::pin(refused_keys(ctx))
    }),
    check("REST-8", "key required on every method", |ctx| {
        Box::pin(key_required(ctx))
    }),
    check("REST-9", "daily quota", |ctx| Box::pin(quota(ctx))),
];

async fn stage_throttle(ctx: &Ctx) -> Outcome {
    let settings = ctx.rest_settings().await?;
    throttled(
        "stage",
        settings.throttling_rate_limit,
        settings.throttling_burst_limit,
    )
    .map(Evidence::new)
}

async fn plan_throttle(ctx: &Ctx) -> Outcome {
    ctx.plan_throttle(outputs::REST_USAGE_PLAN_ID)
        .await
        .map(Evidence::new)
}

async fn refused_keys(ctx: &Ctx) -> Outcome {
    for route in &ROUTES {
        for key in [Key::Absent, Key::Wrong] {
            let path = route.path.replace("{userId}", "smoke-nobody");
            let answer = match route.input {
                Input::Query(name) => ctx.get(&path, &[(name, "smoke-nobody")], key).await?,
                Input::Path(_) => ctx.get(&path, &[], key).await?,
                Input::Body(_) => {
                    let body = json!({"userId": "smoke-nobody", "message": "x", "query": "x"});
                    ctx.post(&path, &body, key).await?
                }
            };
            answer.error(ErrorCode::InvalidApiKey)?;
        }
    }
    Ok(Evidence::new(format!(
        "403 invalid_api_key on all {} routes, without a key and with a wrong one",
        ROUTES.len()
    )))
}

async fn key_required(ctx: &Ctx) -> Outcome {
    let methods = ctx.methods().await?;
    for configured in &methods {
        let required = configured.method.api_key_required.unwrap_or_default();
        let name = format!("the key of {} {}", configured.verb, configured.path);
        same(
            &format!("{name} required"),
            &required,
            &(configured.verb != "OPTIONS"),
        )?;
    }
    let keyed = methods
        .iter()
        .filter(|configured| configured.verb != "OPTIONS")
        .count();
    same("the number of methods with a key", &keyed, &ROUTES.len())?;
    let open = methods.len() - keyed;
    ensure(open > 0, || "there is no OPTIONS method".to_owned())?;
    Ok(Evidence::new(format!(
        "required on {keyed} methods, not on {open} OPTIONS"
    )))
}

async fn quota(ctx: &Ctx) -> Outcome {
    ctx.plan_covers(outputs::REST_USAGE_PLAN_ID, outputs::REST_API_ID)
        .await?;
    let plan = ctx.plan(outputs::REST_USAGE_PLAN_ID).await?;
    let quota = present("the REST usage plan's quota", plan.quota)?;
    same(
        "the quota",
        &i64::from(quota.limit),
        &i64::from(limits::QUOTA_PER_DAY),
    )?;
    let period = quota.period.map(|period| period.as_str().to_owned());
    same("the quota's period", &period.as_deref(), &Some("DAY"))?;
    Ok(Evidence::new(format!(
        "{} requests a DAY, the stack's key is in the plan",
        quota.limit
    )))
}
