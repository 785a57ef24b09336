//! Everything in the tables about one supporter.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Failure, Table};
use deploy_target::{OrExplain, Target};

use crate::item::{Item, key_of};

/// The tables in the order of erasing: the supporter first, since the agent writes nothing for who
/// is not there, then the sessions that they may be chatting through.
pub const ORDER: [Table; 5] = [
    Table::Users,
    Table::Sessions,
    Table::Context,
    Table::Interactions,
    Table::Donations,
];

/// The tables of a platform, as far as one supporter is concerned.
#[derive(Clone, Debug)]
pub struct People {
    client: Client,
    target: Target,
    prefix: String,
}

/// All items of one supporter, by table; every table is there.
pub type Found = BTreeMap<Table, Vec<Item>>;

/// How many items there are in each table.
pub fn counts(found: &Found) -> BTreeMap<Table, usize> {
    found
        .iter()
        .map(|(table, items)| (*table, items.len()))
        .collect()
}

/// `1 in Users, 12 in Donations`, only where there is something; empty where there is nothing.
pub fn in_words(counts: &BTreeMap<Table, usize>) -> String {
    let some: Vec<String> = Table::ALL
        .into_iter()
        .filter_map(|table| Some((table, *counts.get(&table)?)))
        .filter(|&(_, count)| count > 0)
        .map(|(table, count)| format!("{count} in {}", table.name()))
        .collect();
    some.join(", ")
}

impl People {
    /// The tables whose names begin with `prefix`.
    pub fn new(client: Client, target: Target, prefix: &str) -> Self {
        Self {
            client,
            target,
            prefix: prefix.to_owned(),
        }
    }

    /// Reads everything about `user_id`, every page, consistently.
    ///
    /// # Errors
    /// Where a table cannot be read.
    pub async fn find(&self, user_id: &str) -> Result<Found, Failure> {
        let read = Table::ALL.map(|table| async move {
            let items = match table {
                Table::Sessions => self.scan(table, user_id).await,
                _ => self.query(table, user_id).await,
            };
            items.map(|items| (table, items))
        });
        futures::future::try_join_all(read)
            .await
            .map(|found| found.into_iter().collect())
    }

    async fn query(&self, table: Table, user_id: &str) -> Result<Vec<Item>, Failure> {
        let name = table.physical_name(&self.prefix);
        let query = self
            .client
            .query()
            .table_name(&name)
            .consistent_read(true)
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", AttributeValue::S(user_id.to_owned()));
        let pages = query.into_paginator().items().send();
        let items = pages.collect::<Result<Vec<_>, _>>().await;
        items.or_explain(&self.target, format!("cannot query table `{name}`"))
    }

    /// Sessions are few and short-lived, and no key of theirs is the supporter's.
    async fn scan(&self, table: Table, user_id: &str) -> Result<Vec<Item>, Failure> {
        let name = table.physical_name(&self.prefix);
        let scan = self
            .client
            .scan()
            .table_name(&name)
            .consistent_read(true)
            .filter_expression("userId = :user")
            .expression_attribute_values(":user", AttributeValue::S(user_id.to_owned()));
        let pages = scan.into_paginator().items().send();
        let items = pages.collect::<Result<Vec<_>, _>>().await;
        items.or_explain(&self.target, format!("cannot scan table `{name}`"))
    }

    /// Removes one item.
    ///
    /// # Errors
    /// Where the table refuses.
    pub async fn remove(&self, table: Table, item: &Item) -> Result<(), Failure> {
        let name = table.physical_name(&self.prefix);
        let delete = self
            .client
            .delete_item()
            .table_name(&name)
            .set_key(Some(key_of(table, item)));
        delete
            .send()
            .await
            .or_explain(&self.target, format!("cannot delete from table `{name}`"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_erased_from_and_the_supporter_first() {
        let mut tables = ORDER;
        assert_eq!(tables[0], Table::Users);
        tables.sort_unstable();
        let mut all = Table::ALL;
        all.sort_unstable();
        assert_eq!(tables, all);
    }

    #[test]
    fn counts_are_said_only_where_there_is_something() {
        let counts = BTreeMap::from([
            (Table::Users, 1),
            (Table::Sessions, 0),
            (Table::Donations, 12),
        ]);
        assert_eq!(in_words(&counts), "1 in Users, 12 in Donations");
        assert_eq!(in_words(&BTreeMap::new()), "");
    }
}
