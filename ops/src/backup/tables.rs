//! A table as it is: key, expiry, recovery, encryption, capacity.

use aws_sdk_dynamodb::types::{BillingMode, ContinuousBackupsDescription, TableDescription};
use contract::{Failure, Table};
use deploy_target::{OrExplain, Target};

use super::Live;
use crate::archive::{Digest, KeyPart, TableEntry};
use crate::stack::deploy_command;

/// Read units a second that a new on-demand table serves at once, where the service does not say.
const ON_DEMAND_READS: f64 = 12_000.0;

/// A live table.
#[derive(Clone, Debug)]
pub struct Described {
    /// The platform's table.
    pub table: Table,
    /// As the manifest says it, without segments.
    pub entry: TableEntry,
    /// Its ARN.
    pub arn: String,
    /// The id it got when it was made: another one is another table of the same name.
    pub id: String,
    /// About how many items (DynamoDB counts every six hours).
    pub items: u64,
    /// Read units it serves a second.
    pub reads: f64,
    /// The window of point-in-time recovery, in epoch seconds, where it is on.
    pub window: Option<(i64, i64)>,
}

/// Reads what a table is.
///
/// # Errors
/// Where there is none of that name, its key is not the platform's, or it cannot be read.
pub async fn describe(live: &Live, table: Table, name: &str) -> anyhow::Result<Described> {
    let target = &live.target;
    let dynamodb = &live.clients.dynamodb;
    let what = format!("cannot read table `{name}`");
    let call = dynamodb.describe_table().table_name(name).send().await;
    let found = call
        .found_or_explain(target, &what)?
        .and_then(|answer| answer.table);
    let found = found.ok_or_else(|| missing(target, name))?;
    let ttl = ttl(live, name, &what).await?;
    let backups = dynamodb.describe_continuous_backups().table_name(name);
    let backups = backups.send().await.or_explain(target, &what)?;
    let window = backups
        .continuous_backups_description
        .and_then(|one| window_of(&one));
    let entry = entry(table, name, &found, ttl, window.is_some());
    if entry.key != TableEntry::key_of(table) {
        return Err(Failure::new(format!(
            "table `{name}` has another key than the platform's"
        ))
        .hint(format!(
            "compare: cargo provision verify {}",
            target.flags()
        ))
        .into());
    }
    Ok(Described {
        table,
        arn: found.table_arn.clone().unwrap_or_default(),
        id: found.table_id.clone().unwrap_or_default(),
        items: found
            .item_count
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or_default(),
        reads: reads(&found),
        entry,
        window,
    })
}

fn missing(target: &Target, name: &str) -> Failure {
    Failure::new(format!("there is no table `{name}`")).hint(format!(
        "deploy the platform again: {}",
        deploy_command(target)
    ))
}

/// The attribute that items expire by, where they do.
async fn ttl(live: &Live, name: &str, what: &str) -> anyhow::Result<Option<String>> {
    let call = live.clients.dynamodb.describe_time_to_live();
    let answer = call.table_name(name).send().await;
    let answer = answer.or_explain(&live.target, what)?;
    let ttl = answer.time_to_live_description;
    Ok(ttl.and_then(|ttl| ttl.attribute_name))
}

fn entry(
    table: Table,
    name: &str,
    found: &TableDescription,
    ttl: Option<String>,
    pitr: bool,
) -> TableEntry {
    let kind = |name: &str| {
        let mut all = found.attribute_definitions().iter();
        all.find(|one| one.attribute_name() == name)
            .map(|one| one.attribute_type().as_str().to_owned())
    };
    let key = found.key_schema().iter().map(|part| KeyPart {
        name: part.attribute_name().to_owned(),
        kind: kind(part.attribute_name()).unwrap_or_default(),
    });
    let sse = found.sse_description().and_then(|sse| sse.sse_type());
    TableEntry {
        table: table.name().to_owned(),
        name: name.to_owned(),
        key: key.collect(),
        ttl,
        pitr,
        sse: sse.map(|sse| sse.as_str().to_owned()),
        items: 0,
        bytes: 0,
        digest: Digest::default(),
        segments: Vec::new(),
    }
}

/// Provisioned, or the limit that was set, or what the table is warm for. What an on-demand table
/// says it has provisioned limits nothing: 0 on AWS, 5 on the local engine.
fn reads(found: &TableDescription) -> f64 {
    let on_demand = found
        .billing_mode_summary()
        .is_some_and(|summary| summary.billing_mode() == Some(&BillingMode::PayPerRequest));
    let provisioned = found
        .provisioned_throughput()
        .filter(|_| !on_demand)
        .and_then(aws_sdk_dynamodb::types::ProvisionedThroughputDescription::read_capacity_units);
    let limited = found
        .on_demand_throughput()
        .and_then(aws_sdk_dynamodb::types::OnDemandThroughput::max_read_request_units);
    let warm = found
        .warm_throughput()
        .and_then(aws_sdk_dynamodb::types::TableWarmThroughputDescription::read_units_per_second);
    let known = [provisioned, limited, warm].into_iter().flatten();
    let units = known.into_iter().find(|units| *units > 0);
    units
        .and_then(|units| u32::try_from(units).ok())
        .map_or(ON_DEMAND_READS, f64::from)
}

fn window_of(backups: &ContinuousBackupsDescription) -> Option<(i64, i64)> {
    let pitr = backups.point_in_time_recovery_description()?;
    if pitr.point_in_time_recovery_status()?.as_str() != "ENABLED" {
        return None;
    }
    let from = pitr.earliest_restorable_date_time()?.secs();
    Some((from, pitr.latest_restorable_date_time()?.secs()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{
        BillingModeSummary, OnDemandThroughput, ProvisionedThroughputDescription,
    };

    use super::*;

    fn table(mode: BillingMode, provisioned: i64) -> TableDescription {
        let units = ProvisionedThroughputDescription::builder().read_capacity_units(provisioned);
        TableDescription::builder()
            .billing_mode_summary(BillingModeSummary::builder().billing_mode(mode).build())
            .provisioned_throughput(units.build())
            .build()
    }

    #[test]
    fn what_is_provisioned_counts_where_it_is_what_the_table_runs_on() {
        let is = |found: &TableDescription, units: f64| (reads(found) - units).abs() < 0.1;
        assert!(is(&table(BillingMode::Provisioned, 5), 5.0));
        assert!(is(&table(BillingMode::PayPerRequest, 5), ON_DEMAND_READS));
        let mut limited = table(BillingMode::PayPerRequest, 5);
        let limit = OnDemandThroughput::builder().max_read_request_units(40);
        limited.on_demand_throughput = Some(limit.build());
        assert!(is(&limited, 40.0));
        // The service leaves the mode out of tables that were never anything else.
        let mut silent = table(BillingMode::Provisioned, 5);
        silent.billing_mode_summary = None;
        assert!(is(&silent, 5.0));
    }
}
