//! Puts records into the tables: only what is missing, so that a second run changes nothing and
//! what was written since (a chat's context, a donation) stays.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use contract::Table;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::backoff::Backoff;
use super::record::{Record, user_id};
use super::store::{GET_BATCH, PUT_BATCH, Store};
use crate::item::{Item, key_of, to_item, to_json};

/// Supporters that are written together; with [`CONCURRENT`], what bounds memory.
const CHUNK: u32 = 25;

/// Chunks under way at once.
const CONCURRENT: usize = 4;

/// The tables in the order of writing: the supporter last, so that one who is there is whole.
const ORDER: [Table; 4] = [
    Table::Donations,
    Table::Context,
    Table::Interactions,
    Table::Users,
];

/// What happened to the items of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Items that were missing and were written.
    pub written: u64,
    /// Items that were there and were left as they are.
    pub already_there: u64,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By table.
    pub tables: BTreeMap<Table, Count>,
    /// Supporters who are there under the same id as somebody else (another seed's, or not ours):
    /// nothing of theirs was touched.
    pub left_alone: u64,
}

/// Writes sample supporters into a store.
#[derive(Debug)]
pub struct Writer<'a, S> {
    store: &'a S,
    backoff: Backoff,
    seed: u64,
    summary: RefCell<Summary>,
}

impl<'a, S: Store> Writer<'a, S> {
    /// A writer of the records of one seed.
    pub fn new(store: &'a S, backoff: Backoff, seed: u64) -> Self {
        Self {
            store,
            backoff,
            seed,
            summary: RefCell::default(),
        }
    }

    /// Writes supporters 1 to `users`; calls `advance` with how many more are done.
    ///
    /// # Errors
    /// The first failure of the store. What was written stays, and a second run goes on there.
    pub async fn write(&self, users: u32, advance: impl Fn(u64)) -> anyhow::Result<Summary> {
        let numbers: Vec<u32> = (1..=users).step_by(CHUNK as usize).collect();
        stream::iter(numbers)
            .map(|first| async move {
                let last = users.min(first + (CHUNK - 1));
                self.chunk(first, last)
                    .await
                    .map(|()| u64::from(last - first + 1))
            })
            .buffer_unordered(CONCURRENT)
            .try_for_each(|done| {
                advance(done);
                futures::future::ready(Ok(()))
            })
            .await?;
        Ok(self.summary.borrow().clone())
    }

    async fn chunk(&self, first: u32, last: u32) -> anyhow::Result<()> {
        let keys = (first..=last)
            .map(|number| to_item(&serde_json::json!({"userId": user_id(number)})))
            .collect::<anyhow::Result<Vec<Item>>>()?;
        let there = self.find(Table::Users, keys).await?;
        let mut items: BTreeMap<Table, Vec<Item>> = BTreeMap::new();
        for number in first..=last {
            let record = Record::new(self.seed, number);
            if is_somebody_else(&record, &there)? {
                self.summary.borrow_mut().left_alone += 1;
                continue;
            }
            for table in ORDER {
                items.entry(table).or_default().extend(record.items(table)?);
            }
        }
        for table in ORDER {
            self.put_missing(table, items.remove(&table).unwrap_or_default())
                .await?;
        }
        Ok(())
    }

    async fn put_missing(&self, table: Table, items: Vec<Item>) -> anyhow::Result<()> {
        let keys = items.iter().map(|item| key_of(table, item)).collect();
        let found = self.find(table, keys).await?;
        let there: BTreeSet<String> = found.iter().map(|item| identity(table, item)).collect();
        let total = items.len();
        let missing: Vec<Item> = items
            .into_iter()
            .filter(|item| !there.contains(&identity(table, item)))
            .collect();
        for batch in missing.chunks(PUT_BATCH) {
            let put = async |items| self.store.put(table, items).await;
            self.backoff
                .drain(batch.to_vec(), put)
                .await
                .with_context(|| format!("cannot write sample {}", table.name()))?;
        }
        let mut summary = self.summary.borrow_mut();
        let count = summary.tables.entry(table).or_default();
        count.written += missing.len() as u64;
        count.already_there += (total - missing.len()) as u64;
        Ok(())
    }

    async fn find(&self, table: Table, keys: Vec<Item>) -> anyhow::Result<Vec<Item>> {
        let mut found = Vec::new();
        for batch in keys.chunks(GET_BATCH) {
            let get = async |keys| {
                let page = self.store.get(table, keys).await?;
                found.extend(page.found);
                Ok(page.unprocessed)
            };
            self.backoff
                .drain(batch.to_vec(), get)
                .await
                .with_context(|| format!("cannot see which {} are there", table.name()))?;
        }
        Ok(found)
    }
}

/// Whether the supporter who is there under this record's id is not this record's. Only what never
/// changes is compared.
fn is_somebody_else(record: &Record, there: &[Item]) -> anyhow::Result<bool> {
    let ours = to_item(&record.supporter)?;
    let theirs = there
        .iter()
        .find(|item| item.get("userId") == ours.get("userId"));
    Ok(theirs.is_some_and(|theirs| {
        ["email", "joinedAt"]
            .iter()
            .any(|name| theirs.get(*name) != ours.get(*name))
    }))
}

/// The key as text that can be compared: values in the key's order.
fn identity(table: Table, item: &Item) -> String {
    let value = to_json(item);
    let parts: Vec<String> = table
        .key()
        .attributes()
        .map(|key| value[key.name].to_string())
        .collect();
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::seed::store::{Page, StoreError};

    /// Tables in memory that take and give half of what they are asked for at a time.
    #[derive(Default)]
    struct Memory(RefCell<BTreeMap<(Table, String), Item>>);

    impl Memory {
        fn insert(&self, table: Table, item: Item) {
            self.0
                .borrow_mut()
                .insert((table, identity(table, &item)), item);
        }
    }

    impl Store for Memory {
        async fn get(&self, table: Table, mut keys: Vec<Item>) -> Result<Page, StoreError> {
            assert!(keys.len() <= GET_BATCH);
            let unprocessed = keys.split_off(keys.len().div_ceil(2));
            let items = self.0.borrow();
            let found = keys
                .iter()
                .filter_map(|key| items.get(&(table, identity(table, key))).cloned())
                .collect();
            Ok(Page { found, unprocessed })
        }

        async fn put(&self, table: Table, mut items: Vec<Item>) -> Result<Vec<Item>, StoreError> {
            assert!(items.len() <= PUT_BATCH);
            let unprocessed = items.split_off(items.len().div_ceil(2));
            for item in items {
                self.insert(table, item);
            }
            Ok(unprocessed)
        }
    }

    async fn seed(store: &Memory, seed: u64, users: u32) -> Summary {
        let backoff = Backoff {
            base: Duration::ZERO,
            cap: Duration::ZERO,
            attempts: 3,
        };
        Writer::new(store, backoff, seed)
            .write(users, |_| ())
            .await
            .unwrap()
    }

    fn totals(summary: &Summary) -> (u64, u64) {
        summary
            .tables
            .values()
            .fold((0, 0), |(written, there), count| {
                (written + count.written, there + count.already_there)
            })
    }

    #[tokio::test]
    async fn a_second_run_writes_nothing_and_a_longer_one_only_the_rest() {
        let store = Memory::default();
        let (written, there) = totals(&seed(&store, 1, 60).await);
        assert_eq!((written, there), (store.0.borrow().len() as u64, 0));
        let before = store.0.borrow().clone();
        assert_eq!(totals(&seed(&store, 1, 60).await), (0, written));
        assert_eq!(*store.0.borrow(), before);
        let (more, again) = totals(&seed(&store, 1, 61).await);
        assert!(more > 0);
        assert_eq!(again, written);
    }

    #[tokio::test]
    async fn what_was_written_since_stays_and_what_was_lost_comes_back() {
        let store = Memory::default();
        seed(&store, 1, 2).await;
        let chat = json!({"userId": "user-000001", "version": 1, "summary": "written since"});
        let chat = to_item(&chat).unwrap();
        store.insert(Table::Context, chat.clone());
        store
            .0
            .borrow_mut()
            .retain(|(table, _), _| *table != Table::Donations);
        let summary = seed(&store, 1, 2).await;
        assert!(summary.tables[&Table::Donations].written > 0);
        assert_eq!(summary.tables[&Table::Context].written, 0);
        let key = (Table::Context, identity(Table::Context, &chat));
        assert_eq!(store.0.borrow()[&key], chat);
    }

    #[tokio::test]
    async fn somebody_else_under_the_same_id_is_left_alone() {
        let store = Memory::default();
        seed(&store, 1, 3).await;
        let before = store.0.borrow().clone();
        let summary = seed(&store, 2, 3).await;
        assert_eq!(*store.0.borrow(), before);
        assert_eq!(summary.left_alone, 3);
    }
}
