use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use serde_json::json;

use super::same::identity;
use super::{Summary, There, Writer};
use crate::item::{Item, to_item};
use crate::progress::Progress;
use crate::seed::backoff::Backoff;
use crate::seed::batch::Put;
use crate::seed::store::{GET_BATCH, PUT_BATCH, Page, Store, StoreError};

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

    async fn put_ready(&self, table: Table, mut puts: Vec<Put>) -> Result<Vec<Put>, StoreError> {
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
