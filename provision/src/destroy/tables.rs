//! The tables that outlive their stack.

use std::time::{Duration, Instant};

use contract::{Failure, Table, naming};
use deploy_target::OrExplain;
use futures::{StreamExt, TryStreamExt, stream};

use crate::apply::client::Client;
use crate::clients::Clients;

/// How long a table may take to go.
const PATIENCE: Duration = Duration::from_mins(5);

/// A table that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// How many items it holds, by DynamoDB's last count.
    pub items: usize,
    /// Whether it is protected from deletion.
    pub protected: bool,
}

/// The stack's tables that are there. Tables of the same name that are not the stack's, by their
/// tags, are not among them.
///
/// # Errors
/// Where they cannot be read.
pub async fn kept(clients: &Clients, prefix: &str) -> Result<Vec<Kept>, Failure> {
    stream::iter(Table::ALL)
        .map(|table| kept_table(clients, table, prefix))
        .buffered(Table::ALL.len())
        .try_filter_map(|kept| async move { Ok(kept) })
        .try_collect()
        .await
}

async fn kept_table(
    clients: &Clients,
    table: Table,
    prefix: &str,
) -> Result<Option<Kept>, Failure> {
    let Some(found) = Client::new(clients).table(table, prefix).await? else {
        return Ok(None);
    };
    let tag = |name: &str| found.tags.get(name).map(String::as_str);
    let ours = tag(naming::PROJECT_TAG) == Some(naming::PROJECT)
        && tag(naming::STACK_TAG) == Some(&clients.target.stack);
    if !ours {
        return Ok(None);
    }
    let live = describe(clients, &found.name).await?;
    Ok(live.map(|live| Kept {
        arn: live.table_arn.unwrap_or_default(),
        items: usize::try_from(live.item_count.unwrap_or_default()).unwrap_or_default(),
        protected: live.deletion_protection_enabled.unwrap_or_default(),
        name: found.name,
    }))
}

type Live = aws_sdk_dynamodb::types::TableDescription;

async fn describe(clients: &Clients, name: &str) -> Result<Option<Live>, Failure> {
    let call = clients.dynamodb.describe_table().table_name(name).send();
    let what = format!("cannot read the table {name}");
    let answer = call.await.found_or_explain(&clients.target, what)?;
    Ok(answer.and_then(|answer| answer.table))
}

/// Deletes a table with its data, protected or not, and waits until it is gone.
///
/// # Errors
/// Where DynamoDB refuses, or the table does not go in time.
pub async fn delete(clients: &Clients, table: &Kept) -> Result<(), Failure> {
    let (name, target) = (&table.name, &clients.target);
    if table.protected {
        let call = clients.dynamodb.update_table().table_name(name);
        call.deletion_protection_enabled(false)
            .send()
            .await
            .or_explain(
                target,
                format!("cannot switch off the protection of {name}"),
            )?;
    }
    wait(clients, name, |live| {
        live.is_some_and(|live| live.table_status().is_some_and(|s| s.as_str() != "ACTIVE"))
    })
    .await?;
    let call = clients.dynamodb.delete_table().table_name(name).send();
    call.await
        .found_or_explain(target, format!("cannot delete the table {name}"))?;
    wait(clients, name, |live| live.is_some()).await
}

/// Waits as long as the table is as `still` says.
async fn wait(
    clients: &Clients,
    name: &str,
    still: impl Fn(Option<&Live>) -> bool,
) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(20);
    while still(describe(clients, name).await?.as_ref()) {
        if Instant::now() > deadline {
            return Err(
                Failure::new(format!("{name} is not gone after {PATIENCE:?}"))
                    .hint("run the same command again: it goes on with what is left"),
            );
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(5));
    }
    Ok(())
}
