//! What stays when a platform is taken down and may be billed: all of it, by name.

use contract::{Failure, naming, outputs};
use deploy_target::{OrExplain, Target};

use super::tables::Kept;
use crate::apply::client::Client;
use crate::apply::stack::Stack;
use crate::clients::Clients;

/// What stays.
#[derive(Clone, Debug, Default)]
pub struct Remains {
    /// Tables.
    pub tables: Vec<Kept>,
    /// On-demand backups of its tables, with their size.
    pub backups: Vec<(String, i64)>,
    /// The artifact bucket, with objects and bytes.
    pub bucket: Option<(String, usize, i64)>,
    /// Whether the bootstrap stack is there.
    pub bootstrap: bool,
    /// Log groups that API Gateway may have made again with its last lines.
    pub late_logs: Vec<String>,
}

/// Reads what is left of `stack`, as it was.
///
/// # Errors
/// Where it cannot be read.
pub async fn read(
    clients: &Clients,
    stack: Option<&Stack>,
    prefix: &str,
) -> Result<Remains, Failure> {
    let live = Client::new(clients).stack(naming::BOOTSTRAP_STACK).await?;
    let name = live
        .as_ref()
        .and_then(|live| live.outputs.get(outputs::ARTIFACT_BUCKET));
    let bucket = match name {
        Some(name) => sized(clients, name).await?,
        None => None,
    };
    Ok(Remains {
        tables: super::kept(clients, prefix).await?,
        backups: backups(clients, prefix).await?,
        bucket,
        bootstrap: live.is_some(),
        late_logs: stack.map(late_logs).unwrap_or_default(),
    })
}

async fn sized(clients: &Clients, bucket: &str) -> Result<Option<(String, usize, i64)>, Failure> {
    let listing = clients.s3.list_objects_v2().bucket(bucket);
    let mut pages = listing.into_paginator().send();
    let (mut objects, mut bytes) = (0, 0);
    while let Some(page) = pages.next().await {
        let gone = |code: Option<&str>| code == Some("NoSuchBucket");
        if let Err(error) = &page
            && gone(error.as_service_error().and_then(|e| e.meta().code()))
        {
            return Ok(None);
        }
        let page = page.or_explain(&clients.target, format!("cannot look into {bucket}"))?;
        objects += page.contents().len();
        bytes += page
            .contents()
            .iter()
            .filter_map(aws_sdk_s3::types::Object::size)
            .sum::<i64>();
    }
    Ok(Some((bucket.to_owned(), objects, bytes)))
}

async fn backups(clients: &Clients, prefix: &str) -> Result<Vec<(String, i64)>, Failure> {
    let mut found = Vec::new();
    for table in contract::Table::ALL {
        let name = table.physical_name(prefix);
        let call = clients
            .dynamodb
            .list_backups()
            .table_name(&name)
            .send()
            .await;
        let what = format!("cannot list the backups of {name}");
        let answer = call.found_or_explain(&clients.target, what)?;
        let summaries = answer.and_then(|answer| answer.backup_summaries);
        found.extend(
            summaries
                .unwrap_or_default()
                .into_iter()
                .filter_map(|summary| {
                    Some((
                        summary.backup_arn?,
                        summary.backup_size_bytes.unwrap_or_default(),
                    ))
                }),
        );
    }
    Ok(found)
}

/// Both APIs log what they finish after their log groups are deleted, into new ones that nothing
/// expires.
fn late_logs(stack: &Stack) -> Vec<String> {
    let id = |output: &str| stack.outputs.get(output).map(String::as_str);
    let rest = id(outputs::REST_API_ID).map(naming::rest_execution_log);
    let sockets = id(outputs::WEB_SOCKET_API_ID).map(naming::socket_execution_log);
    rest.into_iter().chain(sockets).collect()
}

impl Remains {
    /// A line or two for each.
    pub fn lines(&self, target: &Target) -> Vec<String> {
        let mut lines = Vec::new();
        for Kept {
            name,
            arn,
            items,
            protected,
        } in &self.tables
        {
            let lock = if *protected {
                ", protected from deletion"
            } else {
                ""
            };
            lines.push(format!(
                "  table {name}, about {items} items{lock}\n    {arn}"
            ));
        }
        for (arn, bytes) in &self.backups {
            lines.push(format!("  backup of a table, {}\n    {arn}", size(*bytes)));
        }
        if let Some((bucket, objects, bytes)) = &self.bucket {
            lines.push(format!(
                "  bucket {bucket}, {objects} packages and templates, {} (every stack's of this \
                 region)",
                size(*bytes)
            ));
        }
        if self.bootstrap {
            lines.push(format!(
                "  stack {} (free of charge)",
                naming::BOOTSTRAP_STACK
            ));
        }
        if !target.is_local() {
            lines.extend(self.late_logs.iter().map(|group| {
                format!("  log group {group}, if the API wrote a late line (look in an hour)")
            }));
        }
        lines
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a size for people, in tenths of a megabyte"
)]
fn size(bytes: i64) -> String {
    format!("{:.1} MB", bytes as f64 / 1_000_000.0)
}
