//! DB-4: that an expired session really goes.

use std::time::Duration;

use contract::Table;
use deploy_target::OrExplain;
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::on_demand;
use crate::item::to_item;
use crate::smoke::check::{Check, Evidence, Finding, Outcome, When};
use crate::smoke::compare::{ensure, same};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[on_demand(
    "DB-4",
    "an expired session goes",
    When::Slow,
    |ctx| Box::pin(goes(ctx)),
)];

/// The local engine looks for expired items once a minute.
const PATIENCE: Duration = Duration::from_secs(80);

async fn goes(ctx: &Ctx) -> Outcome {
    let table = ctx.table(Table::Sessions)?;
    let live = ctx
        .clients
        .dynamodb
        .describe_time_to_live()
        .table_name(&table)
        .send()
        .await
        .or_explain(&ctx.target, format!("cannot read the TTL of `{table}`"))?;
    let status = live
        .time_to_live_description()
        .and_then(|ttl| ttl.time_to_live_status())
        .map_or("absent", |status| status.as_str());
    same("the TTL of Sessions", &status, &"ENABLED")?;
    let user_id = ctx.new_supporter();
    let attribute = Table::Sessions.ttl_attribute().unwrap_or_default();
    let session = json!({
        "sessionId": format!("{user_id}-expired"),
        "userId": user_id,
        attribute: Timestamp::now().as_second() - 60,
    });
    let item = to_item(&session).map_err(|error| Finding::new(format!("{error:#}")))?;
    ctx.put(Table::Sessions, item).await?;
    let start = Instant::now();
    while !ctx.sessions(&user_id).await?.is_empty() {
        ensure(start.elapsed() < PATIENCE, || {
            format!(
                "an expired session is still there after {} s",
                PATIENCE.as_secs()
            )
        })?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(Evidence::new(format!(
        "a session that expired a minute ago went within {} s",
        start.elapsed().as_secs()
    )))
}
