//! DB-1 to DB-7: the tables as DynamoDB has them.

use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, SseStatus, SseType, TableDescription};
use contract::Table;
use contract::tables::RECOVERY_PERIOD_DAYS;
use deploy_target::OrExplain;

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[
    check("DB-1", "key", |ctx| Box::pin(key(ctx, Table::Users))),
    check("DB-2", "key", |ctx| Box::pin(key(ctx, Table::Donations))),
    check("DB-3", "key", |ctx| Box::pin(key(ctx, Table::Context))),
    check("DB-4", "key", |ctx| Box::pin(key(ctx, Table::Sessions))),
    check("DB-4", "expiry", |ctx| Box::pin(expiry(ctx))),
    check("DB-5", "key", |ctx| Box::pin(key(ctx, Table::Interactions))),
    check("DB-6", "encryption", |ctx| Box::pin(encryption(ctx))),
    check("DB-7", "point-in-time recovery", |ctx| {
        Box::pin(recovery(ctx))
    }),
];

async fn describe(ctx: &Ctx, table: Table) -> Result<TableDescription, Finding> {
    let name = ctx.table(table)?;
    let answer = ctx
        .clients
        .dynamodb
        .describe_table()
        .table_name(&name)
        .send()
        .await;
    let answer = answer.or_explain(&ctx.target, format!("cannot describe table `{name}`"))?;
    present(&format!("the description of {name}"), answer.table)
}

async fn key(ctx: &Ctx, table: Table) -> Outcome {
    let live = describe(ctx, table).await?;
    let keys: Vec<String> = live
        .key_schema()
        .iter()
        .map(|element| {
            let name = element.attribute_name();
            let kind = live
                .attribute_definitions()
                .iter()
                .find(|a| a.attribute_name() == name);
            let kind = kind.map_or("?", |definition| definition.attribute_type().as_str());
            format!("{name} ({kind}) {}", element.key_type().as_str())
        })
        .collect();
    let required: Vec<String> = table
        .key()
        .attributes()
        .zip(["HASH", "RANGE"])
        .map(|(key, role)| format!("{} ({}) {role}", key.name, key.kind.code()))
        .collect();
    same("the key", &keys, &required)?;
    let status = live
        .table_status()
        .map_or("unknown", |status| status.as_str());
    same("the status", &status, &"ACTIVE")?;
    Ok(Evidence::new(format!(
        "{}: {}, {status}",
        ctx.table(table)?,
        keys.join(", ")
    )))
}

async fn expiry(ctx: &Ctx) -> Outcome {
    let mut said = Vec::new();
    for table in Table::ALL {
        let name = ctx.table(table)?;
        let answer = ctx
            .clients
            .dynamodb
            .describe_time_to_live()
            .table_name(&name)
            .send()
            .await;
        let answer = answer.or_explain(&ctx.target, format!("cannot read the TTL of `{name}`"))?;
        let live = answer.time_to_live_description.filter(|ttl| {
            ttl.time_to_live_status()
                .is_some_and(|status| matches!(status.as_str(), "ENABLED" | "ENABLING"))
        });
        let attribute = live.as_ref().and_then(|ttl| ttl.attribute_name());
        same(
            &format!("the TTL attribute of {}", table.name()),
            &attribute,
            &table.ttl_attribute(),
        )?;
        said.extend(attribute.map(|attribute| format!("{name}: TTL on {attribute}")));
    }
    Ok(Evidence::new(format!(
        "{}; no other table expires",
        said.join(", ")
    )))
}

async fn encryption(ctx: &Ctx) -> Outcome {
    for table in Table::ALL {
        let live = describe(ctx, table).await?;
        let what = format!("encryption of {}", table.name());
        let sse = present(&what, live.sse_description())?;
        let status = sse.status().map(SseStatus::as_str);
        same(&format!("status of {what}"), &status, &Some("ENABLED"))?;
        let kind = sse.sse_type().map(SseType::as_str);
        same(&format!("type of {what}"), &kind, &Some("KMS"))?;
    }
    Ok(Evidence::new(format!(
        "{} tables: ENABLED, KMS",
        Table::ALL.len()
    )))
}

async fn recovery(ctx: &Ctx) -> Outcome {
    for table in Table::ALL {
        let name = ctx.table(table)?;
        let backups = ctx.clients.dynamodb.describe_continuous_backups();
        let backups = backups.table_name(&name).send().await;
        let what = format!("cannot read the recovery of `{name}`");
        let live = backups
            .or_explain(&ctx.target, what)?
            .continuous_backups_description
            .and_then(|backups| backups.point_in_time_recovery_description);
        let live = present(&format!("point-in-time recovery of {name}"), live)?;
        let status = live
            .point_in_time_recovery_status()
            .map(PointInTimeRecoveryStatus::as_str);
        same(
            &format!("recovery of {}", table.name()),
            &status,
            &Some("ENABLED"),
        )?;
        // Where the service says how far back it goes, it must be as far as is asked for.
        if let Some(days) = live.recovery_period_in_days {
            ensure(i64::from(days) == i64::from(RECOVERY_PERIOD_DAYS), || {
                format!("{name} goes back {days} days, not {RECOVERY_PERIOD_DAYS}")
            })?;
        }
    }
    let count = Table::ALL.len();
    Ok(Evidence::new(format!(
        "{count} tables: ENABLED, {RECOVERY_PERIOD_DAYS} days"
    )))
}
