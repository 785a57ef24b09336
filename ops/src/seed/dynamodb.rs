//! The tables of a target.

use std::fmt::Debug;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemError, BatchWriteItemOutput};
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use contract::{Failure, Table};
use deploy_target::{Fault, Target, diagnose, explain};

use super::batch::Batch;
use super::store::{Page, Store, StoreError};
use crate::item::Item;
use crate::stack::deploy_command;

/// The platform's tables on a target.
#[derive(Debug)]
pub struct Tables {
    client: Client,
    target: Target,
    prefix: String,
}

impl Tables {
    /// The tables whose names begin with `prefix`.
    pub fn new(client: Client, target: Target, prefix: &str) -> Self {
        Self {
            client,
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

    /// The SDK signs, sends and reads the answer; only the body is ours, made once.
    async fn put_ready(&self, table: Table, batch: &Batch) -> Result<Vec<Item>, StoreError> {
        let name = table.physical_name(&self.prefix);
        let body = [
            format!("{{\"RequestItems\":{{\"{name}\":[").as_bytes(),
            &batch.puts,
            b"]}}",
        ]
        .concat();
        let request = self
            .client
            .batch_write_item()
            .request_items(&name, Vec::new())
            .customize()
            .mutate_request(move |request| {
                request
                    .headers_mut()
                    .insert("content-length", body.len().to_string());
                *request.body_mut() = body.as_slice().into();
            });
        let answer = request.send().await;
        self.unprocessed(&name, answer)
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

fn put_request(item: Item) -> Result<WriteRequest, StoreError> {
    let put = PutRequest::builder()
        .set_item(Some(item))
        .build()
        .map_err(|error| {
            StoreError::Failed(Failure::new("cannot build the request").because(error))
        })?;
    Ok(WriteRequest::builder().put_request(put).build())
}
