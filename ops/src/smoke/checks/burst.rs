//! REST-7 under load: that a burst really is throttled. Spends the daily quota of the clients' key,
//! so it is run only when asked for, and never takes more than a small share of it.

use std::time::{Duration, Instant};

use contract::{ErrorCode, limits, outputs};
use futures::stream::{self, StreamExt};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::sleep;

use super::on_demand;
use crate::smoke::check::{Check, Evidence, Finding, Outcome, When};
use crate::smoke::compare::ensure;
use crate::smoke::ctx::Ctx;
use crate::smoke::http::{Answer, Key};

pub(super) const CHECKS: &[Check] = &[on_demand(
    "REST-7",
    "a burst is throttled",
    When::Load,
    |ctx| Box::pin(burst(ctx)),
)];

/// Requests of the burst: three times what is let through at once, 6 % of the daily quota.
const REQUESTS: u32 = 3 * limits::BURST;

/// Requests under way at once.
const AT_ONCE: usize = 100;

/// How long the bucket of the throttle takes to fill again, at most.
const RECOVERY: Duration = Duration::from_secs(15);

async fn burst(ctx: &Ctx) -> Outcome {
    let left = left_today(ctx).await;
    if let Some(left) = left {
        ensure(left >= i64::from(2 * REQUESTS), || {
            format!("only {left} requests of today's quota are left: not spent on a burst")
        })?;
    }
    let start = Instant::now();
    let answers: Vec<Result<Answer, Finding>> = stream::iter(0..REQUESTS)
        .map(|_| request(ctx))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let took = start.elapsed();
    let (mut throttled, mut other) = (0, 0);
    for answer in answers {
        let answer = answer?;
        if answer.status == ErrorCode::RateLimited.status() {
            // The contract's error, with the CORS header.
            answer.error(ErrorCode::RateLimited)?;
            throttled += 1;
        } else {
            other += 1;
        }
    }
    ensure(throttled > 0, || {
        format!(
            "none of {REQUESTS} requests within {:.1} s got a 429",
            took.as_secs_f64()
        )
    })?;
    ensure(other > 0, || "nothing was let through".to_owned())?;
    recovered(ctx).await?;
    Ok(Evidence::new(format!(
        "{throttled} of {REQUESTS} requests within {:.1} s got 429 rate_limited with the CORS header, \
         {other} did not; afterwards requests are let through again",
        took.as_secs_f64()
    )))
}

/// The cheapest request that counts: refused by the gateway before any function is called.
async fn request(ctx: &Ctx) -> Result<Answer, Finding> {
    ctx.post("/search", &json!({}), Key::Valid).await
}

async fn recovered(ctx: &Ctx) -> Result<(), Finding> {
    let deadline = Instant::now() + RECOVERY;
    while request(ctx).await?.status == ErrorCode::RateLimited.status() {
        ensure(Instant::now() < deadline, || {
            format!(
                "requests are still refused {} s after the burst",
                RECOVERY.as_secs()
            )
        })?;
        sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}

/// What is left of the key's quota today, where the gateway tells.
async fn left_today(ctx: &Ctx) -> Option<i64> {
    let today = Timestamp::now().strftime("%Y-%m-%d").to_string();
    let key = ctx.output(outputs::API_KEY_ID).ok()?;
    let usage = ctx
        .clients
        .apigateway
        .get_usage()
        .usage_plan_id(ctx.output(outputs::REST_USAGE_PLAN_ID).ok()?)
        .key_id(key)
        .start_date(&today)
        .end_date(&today);
    let usage = usage.send().await.ok()?;
    // For each day: what was used, and what is left.
    usage.items()?.get(key)?.last()?.get(1).copied()
}
