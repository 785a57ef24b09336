//! Looks, and writes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Context as _;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::same::{identity, is_somebody_else};
use super::summary::Summary;
use crate::item::{Item, key_of};
use crate::progress::Progress;
use crate::seed::backoff::Backoff;
use crate::seed::batch::{Batches, ORDER};
use crate::seed::record::{Record, user_id};
use crate::seed::store::{GET_BATCH, PUT_BATCH, Store};

/// Supporters that are looked up and written together; with [`CONCURRENT`], what bounds memory.
const CHUNK: u32 = 100;

/// Chunks under way at once.
const CONCURRENT: usize = 4;

/// Requests of one chunk under way at once.
const AT_ONCE: usize = 4;

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
