//! What stays when a platform is taken down and may be billed: all of it, by name.

use contract::{Failure, naming, outputs};
use deploy_target::{OrExplain, Target};

use super::scratch::scratch;
use super::table_backups::{Maker, TableBackup, table_backups};
use super::tables::Kept;
use crate::apply::client::Client;
use crate::apply::stack::Stack;
use crate::clients::Clients;

/// What stays.
#[derive(Clone, Debug, Default)]
pub struct Remains {
    /// Tables.
    pub tables: Vec<Kept>,
    /// Scratch tables of rehearsed restores: copies of supporters' data.
    pub scratch: Vec<String>,
    /// Backups of its tables.
    pub backups: Vec<TableBackup>,
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
        scratch: scratch(clients, prefix).await?,
        backups: table_backups(clients, prefix).await?,
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
        lines.extend(self.scratch.iter().map(|name| {
            format!(
                "  scratch table {name}, of a rehearsal that runs or was killed: delete it then"
            )
        }));
        lines.extend(self.backups.iter().map(backup_line));
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

fn backup_line(TableBackup { arn, bytes, maker }: &TableBackup) -> String {
    let size = size(*bytes);
    match maker {
        Maker::Person => format!("  backup of a table, {size}\n    {arn}"),
        Maker::System => format!(
            "  recovery data of a deleted table, {size} (free of charge, for 35 days)\n    {arn}"
        ),
        Maker::Service(service) => {
            format!("  backup of a table by {service}, {size}\n    {arn}")
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a size for people, in tenths of a megabyte"
)]
fn size(bytes: i64) -> String {
    format!("{:.1} MB", bytes as f64 / 1_000_000.0)
}
