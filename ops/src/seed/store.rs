//! What the writer needs of the tables.

use contract::{Failure, Table};

use super::batch::Put;
use crate::item::Item;

/// Most items in one BatchWriteItem.
pub const PUT_BATCH: usize = 25;

/// Most keys in one `BatchGetItem`.
pub const GET_BATCH: usize = 100;

/// Why a call failed.
#[derive(Debug)]
pub enum StoreError {
    /// Too many requests for now; why.
    Throttled(String),
    /// Anything else.
    Failed(Failure),
}

/// What a read gave.
#[derive(Debug, Default)]
pub struct Page {
    /// The items that are there, or the parts of them that were asked for.
    pub found: Vec<Item>,
    /// Keys that were not looked up.
    pub unprocessed: Vec<Item>,
}

/// Batches in and out of a table.
pub trait Store {
    /// Looks up at most [`GET_BATCH`] keys: whole items of Users, keys only of other tables.
    fn get(&self, table: Table, keys: Vec<Item>) -> impl Future<Output = Result<Page, StoreError>>;

    /// Sends at most [`PUT_BATCH`] ready puts; gives those that were not processed.
    fn put_ready(
        &self,
        table: Table,
        puts: Vec<Put>,
    ) -> impl Future<Output = Result<Vec<Put>, StoreError>>;

    /// Puts at most [`PUT_BATCH`] items; gives those that were not processed.
    fn put(
        &self,
        table: Table,
        items: Vec<Item>,
    ) -> impl Future<Output = Result<Vec<Item>, StoreError>>;
}
