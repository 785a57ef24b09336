//! Puts records into the tables: only what is missing, so that a second run changes nothing and
//! what was written since (a chat's context, a donation) stays.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context as _;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::backoff::Backoff;
use super::batch::{Batches, ORDER};
use super::record::{Record, user_id};
use super::store::{GET_BATCH, PUT_BATCH, Store};
use crate::item::{Item, key_of, to_json};
use crate::progress::Progress;

/// Supporters that are looked up and written together; with [`CONCURRENT`], what bounds memory.
const CHUNK: u32 = 100;

/// Chunks under way at once.
const CONCURRENT: usize = 4;

/// Requests of one chunk under way at once.
const AT_ONCE: usize = 4;

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

/// What becomes of supporters who are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// Each of their items is looked for; what is missing is written.
    Complete,
    /// They are taken as whole, since a supporter is written after all that is theirs.
    Trust,
}

/// Writes sample supporters into a store.
#[derive(Debug)]
pub struct Writer<'a, S> {
    store: &'a S,
    backoff: Backoff,
    seed: u64,
    there: There,
    summary: RefCell<Summary>,
}

impl<'a, S: Store> Writer<'a, S> {
    /// A writer of the records of one seed.
    pub fn new(store: &'a S, backoff: Backoff, seed: u64, there: There) -> Self {
        Self {
            store,
            backoff,
            seed,
            there,
            summary: RefCell::default(),
        }
    }

    /// Writes supporters 1 to `users`; tells `progress` of each chunk that is done.
    ///
    /// # Errors
    /// The first failure of the store. What was written stays, and a second run goes on there.
    pub async fn write(&self, users: u32, progress: &Progress) -> anyhow::Result<Summary> {
        stream::iter((1..=users).step_by(CHUNK as usize))
            .map(|first| async move {
                let last = users.min(first.saturating_add(CHUNK - 1));
                let written = self.chunk(first, last).await?;
                let all = u64::from(last - first + 1);
                progress.skip(all - written);
                progress.advance(written);
                anyhow::Ok(())
            })
            .buffer_unordered(CONCURRENT)
            .try_collect::<()>()
            .await?;
        Ok(self.summary())
    }

    /// What was done so far.
    pub fn summary(&self) -> Summary {
        self.summary.borrow().clone()
    }

    /// Gives how many supporters were new.
    async fn chunk(&self, first: u32, last: u32) -> anyhow::Result<u64> {
        let keys = (first..=last)
            .map(|number| {
                let id = AttributeValue::S(user_id(number));
                Item::from([("userId".to_owned(), id)])
            })
            .collect();
        let there = self.find(Table::Users, keys).await?;
        let there: HashMap<&str, &Item> = there
            .iter()
            .filter_map(|item| Some((item.get("userId")?.as_s().ok()?.as_str(), item)))
            .collect();
        let mut new: BTreeMap<Table, Batches> = BTreeMap::new();
        let mut old: BTreeMap<Table, Vec<Item>> = BTreeMap::new();
        let mut written = 0;
        for number in first..=last {
            let record = Record::new(self.seed, number);
            match there.get(record.supporter.user_id.as_str()) {
                None => {
                    written += 1;
                    for table in ORDER {
                        new.entry(table).or_default().add(&record, table)?;
                    }
                }
                Some(theirs) if is_somebody_else(&record, theirs) => {
                    self.summary.borrow_mut().left_alone += 1;
                }
                Some(_) => self.sort_old(&record, &mut old)?,
            }
        }
        for table in ORDER {
            self.put_new(table, new.remove(&table).unwrap_or_default())
                .await?;
            self.put_missing(table, old.remove(&table).unwrap_or_default())
                .await?;
        }
        Ok(written)
    }

    /// What is to be done about a supporter who is there.
    fn sort_old(
        &self,
        record: &Record,
        old: &mut BTreeMap<Table, Vec<Item>>,
    ) -> anyhow::Result<()> {
        match self.there {
            There::Complete => {
                for table in ORDER {
                    old.entry(table).or_default().extend(record.items(table)?);
                }
            }
            There::Trust => {
                let mut summary = self.summary.borrow_mut();
                for (table, items) in record.counts() {
                    summary.tables.entry(table).or_default().already_there += items as u64;
                }
            }
        }
        Ok(())
    }

    /// Writes items of supporters who are not there. What a run that was cut off has left of them is
    /// written over with the same bytes.
    async fn put_new(&self, table: Table, batches: Batches) -> anyhow::Result<()> {
        stream::iter(batches.into_inner())
            .map(|batch| async move {
                let count = batch.len();
                let put = async |puts| self.store.put_ready(table, puts).await;
                let done = self.backoff.drain(batch, put).await;
                done.with_context(|| format!("cannot write sample {}", table.name()))?;
                self.count(table, count, 0);
                anyhow::Ok(())
            })
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await
    }

    async fn put(&self, table: Table, items: Vec<Item>) -> anyhow::Result<()> {
        let put = async |items| self.store.put(table, items).await;
        self.backoff
            .drain(items, put)
            .await
            .with_context(|| format!("cannot write sample {}", table.name()))
    }

    fn count(&self, table: Table, written: usize, already_there: usize) {
        let mut summary = self.summary.borrow_mut();
        let count = summary.tables.entry(table).or_default();
        count.written += written as u64;
        count.already_there += already_there as u64;
    }

    /// Writes those of `items` that are not there.
    ///
    /// # Errors
    /// The first failure of the store.
    pub async fn put_missing(&self, table: Table, items: Vec<Item>) -> anyhow::Result<()> {
        let keys = items.iter().map(|item| key_of(table, item)).collect();
        let found = self.find(table, keys).await?;
        let there: BTreeSet<String> = found.iter().map(|item| identity(table, item)).collect();
        let total = items.len();
        let missing: Vec<Item> = items
            .into_iter()
            .filter(|item| !there.contains(&identity(table, item)))
            .collect();
        for batch in missing.chunks(PUT_BATCH) {
            self.put(table, batch.to_vec()).await?;
        }
        self.count(table, missing.len(), total - missing.len());
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
fn is_somebody_else(record: &Record, theirs: &Item) -> bool {
    let is = |name: &str, ours: &str| {
        let value = theirs.get(name).and_then(|value| value.as_s().ok());
        value.is_some_and(|value| value == ours)
    };
    let ours = &record.supporter;
    !(is("email", &ours.email) && is("joinedAt", &ours.joined_at))
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
    use crate::item::to_item;
    use crate::seed::batch::Put;
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

        async fn put_ready(
            &self,
            table: Table,
            mut puts: Vec<Put>,
        ) -> Result<Vec<Put>, StoreError> {
            assert!(puts.len() <= PUT_BATCH);
            let unprocessed = puts.split_off(puts.len().div_ceil(2));
            for put in puts {
                let put: serde_json::Value = serde_json::from_slice(&put).unwrap();
                self.insert(table, typed(&put["PutRequest"]["Item"]));
            }
            Ok(unprocessed)
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

    /// The item that DynamoDB JSON says.
    fn typed(fields: &serde_json::Value) -> Item {
        let fields = fields.as_object().unwrap().iter();
        fields
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect()
    }

    fn attribute(value: &serde_json::Value) -> AttributeValue {
        let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "S" => AttributeValue::S(value.as_str().unwrap().into()),
            "N" => AttributeValue::N(value.as_str().unwrap().into()),
            "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
            "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
            "M" => AttributeValue::M(typed(value)),
            _ => AttributeValue::Null(true),
        }
    }

    async fn seed(store: &Memory, seed: u64, users: u32) -> Summary {
        seed_as(store, seed, users, There::Complete).await
    }

    async fn seed_as(store: &Memory, seed: u64, users: u32, there: There) -> Summary {
        let backoff = Backoff {
            base: Duration::ZERO,
            cap: Duration::ZERO,
            attempts: 3,
        };
        let progress = Progress::new("supporters", users.into());
        Writer::new(store, backoff, seed, there)
            .write(users, &progress)
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
    async fn a_trusted_seed_goes_on_where_it_was_cut_off() {
        let store = Memory::default();
        seed(&store, 1, 60).await;
        let whole = store.0.borrow().clone();
        // Cut off: some supporters are not there yet, one of them with a part of what is theirs.
        store.0.borrow_mut().retain(|(table, key), _| {
            let late = key.as_str() >= "\"user-000055\"";
            !(late && (*table == Table::Users || key.as_str() >= "\"user-000056\""))
        });
        assert!(store.0.borrow().len() < whole.len());
        let summary = seed_as(&store, 1, 60, There::Trust).await;
        assert_eq!(*store.0.borrow(), whole);
        assert_eq!(summary.tables[&Table::Users].written, 6);
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
