//! Tables.

use aws_sdk_dynamodb::types::{
    ContinuousBackupsDescription, PointInTimeRecoveryStatus, SseStatus, TableDescription,
    TimeToLiveDescription, TimeToLiveStatus,
};
use contract::Failure;
use deploy_target::OrExplain;
use futures::try_join;

use crate::clients::Clients;

/// A table as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveTable {
    /// Its key: attribute, role and type, e.g. `userId HASH S`.
    pub key: Vec<String>,
    /// Billing mode.
    pub billing: String,
    /// The kind of its encryption key; `None` for the one that AWS owns.
    pub encryption: Option<String>,
    /// The attribute that items expire by.
    pub expires_by: Option<String>,
    /// Whether it can be restored to a point in time.
    pub recoverable: bool,
    /// How many days back; the local engine does not say.
    pub recovery_days: Option<i32>,
    /// Whether it is protected from deletion.
    pub protected: bool,
}

/// Reads a table; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub async fn table(clients: &Clients, name: &str) -> Result<Option<LiveTable>, Failure> {
    let Some(described) = describe(clients, name).await? else {
        return Ok(None);
    };
    let what = || format!("cannot read the table {name}");
    let dynamodb = &clients.dynamodb;
    let (expiry, backups) = try_join!(
        async {
            let call = dynamodb
                .describe_time_to_live()
                .table_name(name)
                .send()
                .await;
            call.or_explain(&clients.target, what())
        },
        async {
            let call = dynamodb
                .describe_continuous_backups()
                .table_name(name)
                .send()
                .await;
            call.or_explain(&clients.target, what())
        },
    )?;
    let expiry = expiry.time_to_live_description;
    Ok(Some(live(
        &described,
        expiry.as_ref(),
        backups.continuous_backups_description.as_ref(),
    )))
}

async fn describe(clients: &Clients, name: &str) -> Result<Option<TableDescription>, Failure> {
    let call = clients
        .dynamodb
        .describe_table()
        .table_name(name)
        .send()
        .await;
    let what = format!("cannot read the table {name}");
    let answer = call.found_or_explain(&clients.target, what)?;
    Ok(answer.and_then(|answer| answer.table))
}

fn live(
    table: &TableDescription,
    expiry: Option<&TimeToLiveDescription>,
    backups: Option<&ContinuousBackupsDescription>,
) -> LiveTable {
    let sse = table.sse_description().filter(|sse| {
        matches!(
            sse.status(),
            Some(SseStatus::Enabled | SseStatus::Enabling | SseStatus::Updating)
        )
    });
    let expiry = expiry.filter(|expiry| {
        matches!(
            expiry.time_to_live_status(),
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        )
    });
    let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description());
    let billing = table
        .billing_mode_summary()
        .and_then(|summary| summary.billing_mode());
    LiveTable {
        key: key(table),
        billing: billing
            .map_or("PROVISIONED", |mode| mode.as_str())
            .to_owned(),
        encryption: sse
            .and_then(|sse| sse.sse_type())
            .map(|kind| kind.as_str().to_owned()),
        expires_by: expiry
            .and_then(|expiry| expiry.attribute_name())
            .map(str::to_owned),
        recoverable: recovery.and_then(|recovery| recovery.point_in_time_recovery_status())
            == Some(&PointInTimeRecoveryStatus::Enabled),
        recovery_days: recovery.and_then(
            aws_sdk_dynamodb::types::PointInTimeRecoveryDescription::recovery_period_in_days,
        ),
        protected: table.deletion_protection_enabled().unwrap_or_default(),
    }
}

fn key(table: &TableDescription) -> Vec<String> {
    let kind = |name: &str| {
        let attributes = table.attribute_definitions().iter();
        let attribute = attributes.into_iter().find(|a| a.attribute_name() == name);
        attribute.map_or("?", |attribute| attribute.attribute_type().as_str())
    };
    table
        .key_schema()
        .iter()
        .map(|part| {
            let name = part.attribute_name();
            format!("{name} {} {}", part.key_type().as_str(), kind(name))
        })
        .collect()
}
