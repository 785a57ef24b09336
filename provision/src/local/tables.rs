//! Encryption, expiry and recovery of a table.

use aws_sdk_dynamodb::types::{
    PointInTimeRecoverySpecification, SseSpecification, TimeToLiveSpecification,
};
use contract::{Failure, Table, tables::RECOVERY_PERIOD_DAYS};
use deploy_target::OrExplain;

use crate::clients::Clients;
use crate::live::{self, LiveTable};

/// Sets what differs from the contract.
pub(super) async fn close(clients: &Clients, table: Table, prefix: &str) -> Result<(), Failure> {
    let name = table.physical_name(prefix);
    let live = live::table(clients, &name)
        .await?
        .ok_or_else(|| missing(clients, &name))?;
    encrypt(clients, &name, &live).await?;
    expire(clients, &name, table, &live).await?;
    recover(clients, &name, &live).await
}

/// The stack thinks that it owns a table which somebody deleted.
fn missing(clients: &Clients, name: &str) -> Failure {
    let flags = clients.target.flags();
    Failure::new(format!(
        "the stack owns the table {name}, which does not exist"
    ))
    .hint(format!(
        "make the stack again on the tables that are left: cargo provision destroy {flags}, then \
         cargo provision apply {flags} --adopt"
    ))
}

async fn encrypt(clients: &Clients, name: &str, live: &LiveTable) -> Result<(), Failure> {
    if live.encryption.is_some() {
        return Ok(());
    }
    let call = clients.dynamodb.update_table().table_name(name);
    let call = call.sse_specification(SseSpecification::builder().enabled(true).build());
    call.send()
        .await
        .or_explain(&clients.target, format!("cannot encrypt the table {name}"))?;
    Ok(())
}

async fn expire(
    clients: &Clients,
    name: &str,
    table: Table,
    live: &LiveTable,
) -> Result<(), Failure> {
    let wanted = table.ttl_attribute();
    if live.expires_by.as_deref() == wanted {
        return Ok(());
    }
    let what = || format!("cannot set the expiry of the table {name}");
    let attribute = wanted.or(live.expires_by.as_deref()).unwrap_or_default();
    let expiry = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(wanted.is_some())
        .build()
        .map_err(|error| Failure::new(what()).because(error))?;
    let call = clients.dynamodb.update_time_to_live().table_name(name);
    let call = call.time_to_live_specification(expiry).send().await;
    call.or_explain(&clients.target, what())?;
    Ok(())
}

async fn recover(clients: &Clients, name: &str, live: &LiveTable) -> Result<(), Failure> {
    if live.recoverable {
        return Ok(());
    }
    let what = || format!("cannot switch on recovery of the table {name}");
    let recovery = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(true)
        .recovery_period_in_days(i32::try_from(RECOVERY_PERIOD_DAYS).unwrap_or(i32::MAX))
        .build()
        .map_err(|error| Failure::new(what()).because(error))?;
    let call = clients
        .dynamodb
        .update_continuous_backups()
        .table_name(name);
    let call = call
        .point_in_time_recovery_specification(recovery)
        .send()
        .await;
    call.or_explain(&clients.target, what())?;
    Ok(())
}
