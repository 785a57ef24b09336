//! Items to and from one table, in the service's own JSON.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use bytes::Bytes;
use deploy_target::{Target, explain};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::archive::{KeyNames, canonical};
use crate::wire::{Pace, Patience, Wire, WireError};

/// Requests in a `BatchWriteItem`.
pub const WRITES: usize = 25;

/// Keys in a `BatchGetItem`.
pub const READS: usize = 100;

/// One table, by its name.
#[derive(Clone, Copy, Debug)]
pub struct Items<'a> {
    /// The wire.
    pub wire: &'a Wire,
    /// For hints.
    pub target: &'a Target,
    /// The table's name.
    pub name: &'a str,
    /// Its key.
    pub key: &'a KeyNames,
    /// How fast.
    pub pace: &'a Pace,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written<'a> {
    #[serde(borrow, default)]
    unprocessed_items: BTreeMap<String, Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Got<'a> {
    #[serde(borrow, default)]
    responses: HashMap<String, Vec<&'a RawValue>>,
    #[serde(default)]
    unprocessed_keys: HashMap<String, Keys>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: Vec<Box<RawValue>>,
}

impl Items<'_> {
    fn cannot(&self, what: &str, error: &WireError) -> anyhow::Error {
        explain(
            self.target,
            format!("cannot {what} table `{}`", self.name),
            error,
        )
        .into()
    }

    /// Writes [`WRITES`] canonical items at most, replacing what is there.
    ///
    /// # Errors
    /// Where the table refuses.
    pub async fn put(&self, lines: &[&[u8]]) -> anyhow::Result<()> {
        self.write(lines, b"{\"PutRequest\":{\"Item\":").await
    }

    /// Deletes the items with these keys, [`WRITES`] at most.
    ///
    /// # Errors
    /// Where the table refuses.
    pub async fn delete(&self, keys: &[&[u8]]) -> anyhow::Result<()> {
        self.write(keys, b"{\"DeleteRequest\":{\"Key\":").await
    }

    async fn write(&self, values: &[&[u8]], opening: &[u8]) -> anyhow::Result<()> {
        let size: usize = values.iter().map(|value| value.len() + 40).sum();
        let mut body = Vec::with_capacity(size + self.name.len() + 32);
        self.open(&mut body);
        body.push(b'[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(opening);
            body.extend_from_slice(value);
            body.extend_from_slice(b"}}");
        }
        body.extend_from_slice(b"]}}");
        self.drain(Bytes::from(body), values.len()).await
    }

    fn open(&self, body: &mut Vec<u8>) {
        // Table names have letters, digits and `_.-` only: nothing to escape.
        body.extend_from_slice(b"{\"RequestItems\":{\"");
        body.extend_from_slice(self.name.as_bytes());
        body.extend_from_slice(b"\":");
    }

    /// Sends a batch, and what comes back unprocessed again, until nothing does.
    async fn drain(&self, mut body: Bytes, mut left: usize) -> anyhow::Result<()> {
        let patience = Patience::default();
        let mut fruitless = 0;
        loop {
            let call = self
                .wire
                .insist("BatchWriteItem", &body, self.pace, patience);
            let answer = call.await.map_err(|error| self.cannot("write", &error))?;
            let written: Written<'_> = serde_json::from_slice(&answer)
                .with_context(|| format!("cannot understand what `{}` answers", self.name))?;
            let rest = written
                .unprocessed_items
                .get(self.name)
                .map_or(&[][..], Vec::as_slice);
            self.pace.spend(count(left - rest.len().min(left)));
            if rest.is_empty() {
                return Ok(());
            }
            fruitless = if rest.len() < left { 0 } else { fruitless + 1 };
            left = rest.len();
            if fruitless >= patience.tries {
                return Err(contract::Failure::new(format!(
                    "table `{}` still refuses {left} items after {fruitless} tries",
                    self.name
                ))
                .hint("wait a minute, then run the same command again: it goes on where it was")
                .into());
            }
            let mut again = Vec::with_capacity(body.len());
            self.open(&mut again);
            list(&mut again, rest.iter().map(|one| one.get()));
            again.extend_from_slice(b"}}");
            body = Bytes::from(again);
            self.pace.throttled();
            patience.pause(fruitless).await;
        }
    }

    /// Writes one item, unless the table has one with its key; whether it was written.
    ///
    /// # Errors
    /// Where the table refuses for another reason.
    pub async fn put_new(&self, line: &[u8]) -> anyhow::Result<bool> {
        let mut body = Vec::with_capacity(line.len() + 256);
        body.extend_from_slice(b"{\"TableName\":\"");
        body.extend_from_slice(self.name.as_bytes());
        body.extend_from_slice(b"\",\"ConditionExpression\":\"attribute_not_exists(#k)\",");
        body.extend_from_slice(b"\"ExpressionAttributeNames\":{\"#k\":\"");
        body.extend_from_slice(self.key.partition.as_bytes());
        body.extend_from_slice(b"\"},\"Item\":");
        body.extend_from_slice(line);
        body.push(b'}');
        let body = Bytes::from(body);
        let call = self
            .wire
            .insist("PutItem", &body, self.pace, Patience::default());
        match call.await {
            Ok(_) => {
                self.pace.spend(1.0);
                Ok(true)
            }
            Err(error) if is_condition(&error) => Ok(false),
            Err(error) => Err(self.cannot("write", &error)),
        }
    }

    /// The canonical items with these keys that are there, by key. [`READS`] keys at most.
    ///
    /// # Errors
    /// Where the table cannot be read.
    pub async fn get(&self, keys: &[Vec<u8>]) -> anyhow::Result<HashMap<Vec<u8>, Vec<u8>>> {
        let mut found = HashMap::with_capacity(keys.len());
        let keys: Vec<&str> = keys
            .iter()
            .map(|key| std::str::from_utf8(key))
            .collect::<Result<_, _>>()?;
        let mut left: Vec<Box<RawValue>> = keys
            .into_iter()
            .map(|key| RawValue::from_string(key.to_owned()))
            .collect::<Result<_, _>>()?;
        let (patience, mut fruitless) = (Patience::default(), 0);
        while !left.is_empty() {
            let rest = self.get_once(&left, &mut found).await?;
            fruitless = if rest.len() < left.len() {
                0
            } else {
                fruitless + 1
            };
            anyhow::ensure!(
                fruitless < patience.tries,
                "table `{}` still does not give {} items after {fruitless} tries",
                self.name,
                rest.len()
            );
            left = rest;
            if !left.is_empty() {
                self.pace.throttled();
                patience.pause(fruitless).await;
            }
        }
        Ok(found)
    }

    /// Asks once; gives the keys that the service left.
    async fn get_once(
        &self,
        keys: &[Box<RawValue>],
        found: &mut HashMap<Vec<u8>, Vec<u8>>,
    ) -> anyhow::Result<Vec<Box<RawValue>>> {
        let mut body = Vec::new();
        self.open(&mut body);
        body.extend_from_slice(b"{\"ConsistentRead\":true,\"Keys\":");
        list(&mut body, keys.iter().map(|one| one.get()));
        body.extend_from_slice(b"}}}");
        let body = Bytes::from(body);
        let (pace, patience) = (self.pace, Patience::default());
        let call = self.wire.insist("BatchGetItem", &body, pace, patience);
        let answer = call.await.map_err(|error| self.cannot("read", &error))?;
        let mut got: Got<'_> = serde_json::from_slice(&answer)
            .with_context(|| format!("cannot understand what `{}` answers", self.name))?;
        for item in got.responses.remove(self.name).unwrap_or_default() {
            let mut line = Vec::with_capacity(item.get().len());
            canonical(item.get(), &mut line)?;
            if let Some(key) = self.key.object(&line) {
                found.insert(key, line);
            }
        }
        let rest = got.unprocessed_keys.remove(self.name).map(|rest| rest.keys);
        Ok(rest.unwrap_or_default())
    }
}

fn is_condition(error: &WireError) -> bool {
    use aws_sdk_dynamodb::error::ProvideErrorMetadata;
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    code == Some("ConditionalCheckFailedException")
}

fn list<'a>(body: &mut Vec<u8>, values: impl Iterator<Item = &'a str>) {
    body.push(b'[');
    for (index, value) in values.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(value.as_bytes());
    }
    body.push(b']');
}

fn count(items: usize) -> f64 {
    f64::from(u32::try_from(items).unwrap_or(u32::MAX))
}
