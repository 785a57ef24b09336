//! Tables by name, whether or not a stack owns them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TableDescription;
use contract::{Failure, Table};
use deploy_target::OrExplain;

use super::Client;
use crate::apply::adoption::Found;

impl Client<'_> {
    /// The table as it is, where it is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn table(&self, table: Table, prefix: &str) -> Result<Option<Found>, Failure> {
        let name = table.physical_name(prefix);
        let call = self.clients.dynamodb.describe_table().table_name(&name);
        let what = format!("cannot read the table {name}");
        let answer = call.send().await.found_or_explain(self.target(), what)?;
        let live = answer.and_then(|answer| answer.table);
        let Some(live) = live else { return Ok(None) };
        let tags = self.tags_of(live.table_arn().unwrap_or_default()).await?;
        Ok(Some(Found {
            table,
            key: key(&live),
            items: live.item_count.unwrap_or_default(),
            name,
            tags,
        }))
    }

    async fn tags_of(&self, arn: &str) -> Result<BTreeMap<String, String>, Failure> {
        let call = self
            .clients
            .dynamodb
            .list_tags_of_resource()
            .resource_arn(arn)
            .send()
            .await;
        let answer = call.or_explain(self.target(), format!("cannot read the tags of {arn}"))?;
        Ok(answer
            .tags
            .unwrap_or_default()
            .into_iter()
            .map(|tag| (tag.key, tag.value))
            .collect())
    }
}

fn key(live: &TableDescription) -> Vec<(String, String, String)> {
    let kind = |name: &str| {
        live.attribute_definitions()
            .iter()
            .find(|attribute| attribute.attribute_name() == name)
            .map(|attribute| attribute.attribute_type().as_str().to_owned())
            .unwrap_or_default()
    };
    live.key_schema()
        .iter()
        .map(|part| {
            let name = part.attribute_name();
            (
                name.to_owned(),
                part.key_type().as_str().to_owned(),
                kind(name),
            )
        })
        .collect()
}
