//! Bodies of `BatchWriteItem`, filled one put after the other.

use bytes::Bytes;
use contract::Table;

use super::dynamodb_json::{Error, put_request};
use super::record::Record;
use super::store::PUT_BATCH;

/// The tables in the order of writing: the supporter last, so that one who is there is whole.
pub const ORDER: [Table; 4] = [
    Table::Donations,
    Table::Context,
    Table::Interactions,
    Table::Users,
];

/// One put of a request: `{"PutRequest":…}`.
pub type Put = Bytes;

/// About as much as an item's text takes; more grows.
const ITEM: usize = 512;

/// The batches of one table, of [`PUT_BATCH`] puts; only the last is not full.
#[derive(Debug, Default)]
pub struct Batches(Vec<Vec<Put>>);

impl Batches {
    /// Adds everything that a record has for `table`.
    ///
    /// # Errors
    /// As [`put_request`].
    pub fn add(&mut self, record: &Record, table: Table) -> Result<(), Error> {
        match table {
            Table::Users => self.put(&record.supporter),
            Table::Donations => record.donations.iter().try_for_each(|item| self.put(item)),
            Table::Context => record.contexts.iter().try_for_each(|item| self.put(item)),
            Table::Interactions => record
                .interactions
                .iter()
                .try_for_each(|item| self.put(item)),
            Table::Sessions => Ok(()),
        }
    }

    fn put(&mut self, item: &impl serde::Serialize) -> Result<(), Error> {
        let mut put = Vec::with_capacity(ITEM);
        put_request(&mut put, item)?;
        match self.0.last_mut() {
            Some(batch) if batch.len() < PUT_BATCH => batch.push(put.into()),
            _ => {
                let mut batch = Vec::with_capacity(PUT_BATCH);
                batch.push(put.into());
                self.0.push(batch);
            }
        }
        Ok(())
    }

    /// The batches.
    pub fn into_inner(self) -> Vec<Vec<Put>> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_full_but_for_the_last_and_read_as_json() {
        let mut batches = Batches::default();
        let records: Vec<Record> = (1..=30).map(|number| Record::new(1, number)).collect();
        for record in &records {
            batches.add(record, Table::Interactions).unwrap();
        }
        let batches = batches.into_inner();
        let total: usize = records.iter().map(|r| r.interactions.len()).sum();
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), total);
        let (last, full) = batches.split_last().unwrap();
        assert!(full.iter().all(|batch| batch.len() == PUT_BATCH));
        for put in last {
            let put: serde_json::Value = serde_json::from_slice(put).unwrap();
            assert!(put["PutRequest"]["Item"].is_object());
        }
    }
}
