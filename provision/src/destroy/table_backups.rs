//! Backups of the platform's tables, which outlive them: whoever made them.

use aws_sdk_dynamodb::types::{BackupSummary, BackupType, BackupTypeFilter};
use contract::{Failure, Table};
use deploy_target::OrExplain;

use crate::clients::Clients;

/// A backup of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableBackup {
    /// Its ARN.
    pub arn: String,
    /// Its size.
    pub bytes: i64,
    /// Who made it.
    pub maker: Maker,
}

/// Who made a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// Somebody, on demand.
    Person,
    /// DynamoDB, of a recoverable table that was deleted: free of charge, for 35 days.
    System,
    /// Another service, which also deletes it, such as AWS Backup.
    Service(String),
}

/// The backups of all tables of this prefix.
///
/// # Errors
/// Where they cannot be listed.
pub async fn table_backups(clients: &Clients, prefix: &str) -> Result<Vec<TableBackup>, Failure> {
    let mut found = Vec::new();
    for table in Table::ALL {
        found.extend(of_table(clients, &table.physical_name(prefix)).await?);
    }
    Ok(found)
}

async fn of_table(clients: &Clients, name: &str) -> Result<Vec<TableBackup>, Failure> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let call = clients.dynamodb.list_backups().table_name(name);
        // Those of people alone are listed where nothing is said.
        let call = call.backup_type(BackupTypeFilter::All);
        let answer = call.set_exclusive_start_backup_arn(after).send().await;
        let what = format!("cannot list the backups of {name}");
        let Some(page) = answer.found_or_explain(&clients.target, what)? else {
            return Ok(found);
        };
        let summaries = page.backup_summaries.unwrap_or_default();
        found.extend(summaries.into_iter().filter_map(backup));
        after = page.last_evaluated_backup_arn;
        if after.is_none() {
            return Ok(found);
        }
    }
}

fn backup(summary: BackupSummary) -> Option<TableBackup> {
    Some(TableBackup {
        arn: summary.backup_arn?,
        bytes: summary.backup_size_bytes.unwrap_or_default(),
        maker: match summary.backup_type {
            Some(BackupType::User) | None => Maker::Person,
            Some(BackupType::System) => Maker::System,
            Some(other) => Maker::Service(other.as_str().to_owned()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_told_by_who_made_it() {
        let of = |kind: &str| {
            let summary = BackupSummary::builder().backup_arn("arn");
            let summary = summary.backup_type(BackupType::from(kind)).build();
            backup(summary).map(|backup| backup.maker)
        };
        assert_eq!(of("USER"), Some(Maker::Person));
        assert_eq!(of("SYSTEM"), Some(Maker::System));
        assert_eq!(of("AWS_BACKUP"), Some(Maker::Service("AWS_BACKUP".into())));
        assert_eq!(backup(BackupSummary::builder().build()), None);
    }
}
