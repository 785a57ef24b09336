//! Reading the tables, to see what a request left there.

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use deploy_target::OrExplain;
use serde_json::Value;

use super::check::Finding;
use super::ctx::Ctx;
use crate::item::{Item, to_json};

impl Ctx {
    /// Every item of one supporter, in the order of the sort key.
    pub(super) async fn items(&self, table: Table, user_id: &str) -> Result<Vec<Item>, Finding> {
        let name = self.table(table)?;
        let query = self
            .clients
            .dynamodb
            .query()
            .table_name(&name)
            .consistent_read(true)
            .key_condition_expression("userId = :u")
            .expression_attribute_values(":u", AttributeValue::S(user_id.to_owned()));
        let items = query
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        Ok(items.or_explain(&self.target, format!("cannot query table `{name}`"))?)
    }

    /// The same as JSON.
    pub(super) async fn stored(&self, table: Table, user_id: &str) -> Result<Vec<Value>, Finding> {
        Ok(self
            .items(table, user_id)
            .await?
            .iter()
            .map(to_json)
            .collect())
    }

    /// The sessions of supporters whose id begins with `prefix`. Sessions are few, and nothing but
    /// their id leads to them.
    pub(super) async fn sessions(&self, prefix: &str) -> Result<Vec<Item>, Finding> {
        let name = self.table(Table::Sessions)?;
        let scan = self
            .clients
            .dynamodb
            .scan()
            .table_name(&name)
            .consistent_read(true)
            .filter_expression("begins_with(userId, :u)")
            .expression_attribute_values(":u", AttributeValue::S(prefix.to_owned()));
        let items = scan
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await;
        Ok(items.or_explain(&self.target, format!("cannot scan table `{name}`"))?)
    }

    /// Puts an item.
    pub(super) async fn put(&self, table: Table, item: Item) -> Result<(), Finding> {
        let name = self.table(table)?;
        let put = self
            .clients
            .dynamodb
            .put_item()
            .table_name(&name)
            .set_item(Some(item));
        put.send()
            .await
            .or_explain(&self.target, format!("cannot write table `{name}`"))?;
        Ok(())
    }

    /// Removes the item with this key.
    pub(super) async fn delete(&self, table: Table, key: Item) -> Result<(), Finding> {
        let name = self.table(table)?;
        let delete = self
            .clients
            .dynamodb
            .delete_item()
            .table_name(&name)
            .set_key(Some(key));
        delete
            .send()
            .await
            .or_explain(&self.target, format!("cannot write table `{name}`"))?;
        Ok(())
    }
}
