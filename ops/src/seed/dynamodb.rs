//! The tables of a target.

use std::fmt::Debug;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemError, BatchWriteItemOutput};
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use contract::{Failure, Table};
use deploy_target::{Fault, Target, diagnose, explain};
use serde_json::Value;

use super::batch::Put;
use super::store::{Page, Store, StoreError};
use crate::item::Item;
use crate::stack::deploy_command;
use crate::wire::{Wire, is_transient};

/// The platform's tables on a target.
#[derive(Debug)]
pub struct Tables {
    client: Client,
    wire: Wire,
    target: Target,
    prefix: String,
}

impl Tables {
    /// The tables whose names begin with `prefix`.
    pub fn new(client: Client, wire: Wire, target: Target, prefix: &str) -> Self {
        Self {
            client,
            wire,
            target,
            prefix: prefix.to_owned(),
        }
    }

    /// The items that an answer says were not processed.
    fn unprocessed<R: Debug + 'static>(
        &self,
        name: &str,
        answer: Result<BatchWriteItemOutput, SdkError<BatchWriteItemError, R>>,
    ) -> Result<Vec<Item>, StoreError> {
        let answer = answer.map_err(|error| self.error("write", name, &error))?;
        let unprocessed = answer
            .unprocessed_items
            .and_then(|mut tables| tables.remove(name));
        let puts = unprocessed.unwrap_or_default().into_iter();
        Ok(puts
            .filter_map(|request| Some(request.put_request?.item))
            .collect())
    }

    fn error<E, R>(&self, what: &str, table: &str, error: &SdkError<E, R>) -> StoreError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: Debug + 'static,
    {
        let (fault, cause) = diagnose(error);
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        match (fault, code) {
            (Fault::Throttled, _)
            | (_, Some("ProvisionedThroughputExceededException" | "RequestLimitExceeded")) => {
                StoreError::Throttled(cause)
            }
            (_, Some("ResourceNotFoundException")) => StoreError::Failed(
                Failure::new(format!("there is no table `{table}`"))
                    .because(cause)
                    .hint(format!(
                        "deploy the platform again: {}",
                        deploy_command(&self.target)
                    )),
            ),
            _ => StoreError::Failed(explain(
                &self.target,
                format!("cannot {what} table `{table}`"),
                error,
            )),
        }
    }
}

impl Store for Tables {
    async fn get(&self, table: Table, keys: Vec<Item>) -> Result<Page, StoreError> {
        let name = table.physical_name(&self.prefix);
        let mut request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true);
        if table != Table::Users {
            for (index, key) in table.key().attributes().enumerate() {
                request = request.expression_attribute_names(format!("#{index}"), key.name);
            }
            let count = table.key().attributes().count();
            let names: Vec<String> = (0..count).map(|index| format!("#{index}")).collect();
            request = request.projection_expression(names.join(", "));
        }
        let request = request.build().map_err(|error| {
            StoreError::Failed(Failure::new("cannot build the request").because(error))
        })?;
        let answer = self
            .client
            .batch_get_item()
            .request_items(&name, request)
            .send()
            .await;
        let answer = answer.map_err(|error| self.error("read", &name, &error))?;
        let found = answer.responses.and_then(|mut tables| tables.remove(&name));
        let unprocessed = answer
            .unprocessed_keys
            .and_then(|mut tables| tables.remove(&name));
        Ok(Page {
            found: found.unwrap_or_default(),
            unprocessed: unprocessed.map(|rest| rest.keys).unwrap_or_default(),
        })
    }

    /// The service's own JSON, signed and sent as it was made.
    async fn put_ready(&self, table: Table, puts: Vec<Put>) -> Result<Vec<Put>, StoreError> {
        let name = table.physical_name(&self.prefix);
        let mut body = format!("{{\"RequestItems\":{{\"{name}\":[").into_bytes();
        body.extend(puts.join(&b","[..]));
        body.extend_from_slice(b"]}}");
        match self.wire.call("BatchWriteItem", body.into()).await {
            Ok(answer) => left_over(&answer, &name),
            // Also a connection that broke: the same bytes may be written twice.
            Err(error) if is_transient(&error) => Err(StoreError::Throttled(error.to_string())),
            Err(error) => Err(self.error("write", &name, &error)),
        }
    }

    async fn put(&self, table: Table, items: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let name = table.physical_name(&self.prefix);
        let requests = items
            .into_iter()
            .map(put_request)
            .collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .client
            .batch_write_item()
            .request_items(&name, requests)
            .send()
            .await;
        self.unprocessed(&name, answer)
    }
}

/// The puts that an answer says were not processed.
fn left_over(answer: &[u8], table: &str) -> Result<Vec<Put>, StoreError> {
    if answer == br#"{"UnprocessedItems":{}}"# {
        return Ok(Vec::new());
    }
    let answer: Value = serde_json::from_slice(answer).map_err(|error| {
        StoreError::Failed(Failure::new("DynamoDB's answer cannot be read").because(error))
    })?;
    let puts = answer["UnprocessedItems"][table].as_array();
    let puts = puts.into_iter().flatten();
    Ok(puts.map(|put| Put::from(put.to_string())).collect())
}

fn put_request(item: Item) -> Result<WriteRequest, StoreError> {
    let put = PutRequest::builder()
        .set_item(Some(item))
        .build()
        .map_err(|error| {
            StoreError::Failed(Failure::new("cannot build the request").because(error))
        })?;
    Ok(WriteRequest::builder().put_request(put).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_processed_is_sent_again_as_it_was() {
        assert!(
            left_over(br#"{"UnprocessedItems":{}}"#, "T")
                .unwrap()
                .is_empty()
        );
        assert!(left_over(b"{ }", "T").unwrap().is_empty());
        let put = r#"{"PutRequest":{"Item":{"amount":{"N":"12345678901234567890123"}}}}"#;
        let answer = format!(r#"{{"UnprocessedItems":{{"T":[{put}]}}}}"#);
        assert_eq!(left_over(answer.as_bytes(), "T").unwrap(), [put]);
        assert!(left_over(b"oops", "T").is_err());
    }
}
