//! Bodies of `BatchWriteItem`, filled one put after the other.

use contract::Table;

use super::record::Record;
use super::store::PUT_BATCH;
use super::wire::{Error, put_request};

/// The tables in the order of writing: the supporter last, so that one who is there is whole.
pub const ORDER: [Table; 4] = [
    Table::Donations,
    Table::Context,
    Table::Interactions,
    Table::Users,
];

/// Puts into one table: at most [`PUT_BATCH`], as the text between the brackets of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// `{"PutRequest":…},{"PutRequest":…}`
    pub puts: Vec<u8>,
    /// How many.
    pub count: usize,
}

/// The batches of one table; only the last is not full.
#[derive(Debug, Default)]
pub struct Batches(Vec<Batch>);

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
        if self.0.last().is_none_or(|batch| batch.count == PUT_BATCH) {
            self.0.push(Batch::default());
        }
        if let Some(batch) = self.0.last_mut() {
            if batch.count > 0 {
                batch.puts.push(b',');
            }
            put_request(&mut batch.puts, item)?;
            batch.count += 1;
        }
        Ok(())
    }

    /// The batches.
    pub fn into_inner(self) -> Vec<Batch> {
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
        assert_eq!(batches.iter().map(|b| b.count).sum::<usize>(), total);
        let (last, full) = batches.split_last().unwrap();
        assert!(full.iter().all(|batch| batch.count == PUT_BATCH));
        let text = format!("[{}]", String::from_utf8(last.puts.clone()).unwrap());
        let puts: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(puts.len(), last.count);
    }
}
