//! Objects of a bucket under a prefix.

use anyhow::Context;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use contract::Failure;
use deploy_target::{OrExplain, Target};

use super::storage::join;

/// A prefix in a bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The client.
    pub client: Client,
    /// For hints.
    pub target: Target,
    /// The bucket's name.
    pub bucket: String,
    /// Without a trailing slash; may be empty.
    pub prefix: String,
}

/// What an object has to be for a write to happen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Only<'a> {
    /// Not there.
    New,
    /// Still the one with this `ETag`.
    Unchanged(&'a str),
}

impl Bucket {
    /// What is below `name`.
    pub(super) fn child(&self, name: &str) -> Self {
        Self {
            prefix: join(&self.prefix, name),
            ..self.clone()
        }
    }

    /// `s3://BUCKET/PREFIX`
    pub(super) fn describe(&self) -> String {
        format!("s3://{}", join(&self.bucket, &self.prefix))
    }

    fn key(&self, name: &str) -> String {
        join(&self.prefix, name)
    }

    pub(super) async fn put(&self, name: &str, bytes: Vec<u8>, what: &str) -> Result<(), Failure> {
        let call = self.client.put_object().bucket(&self.bucket);
        let call = call.key(self.key(name)).body(ByteStream::from(bytes));
        call.send().await.or_explain(&self.target, what).map(drop)
    }

    /// Writes an object where it is what `only` says: gives its `ETag`, or `None` where it is not.
    pub(super) async fn put_only(
        &self,
        name: &str,
        bytes: Vec<u8>,
        only: Only<'_>,
        what: &str,
    ) -> Result<Option<String>, Failure> {
        let call = self.client.put_object().bucket(&self.bucket);
        let call = call.key(self.key(name)).body(ByteStream::from(bytes));
        let call = match only {
            Only::New => call.if_none_match("*"),
            Only::Unchanged(etag) => call.if_match(etag),
        };
        match call.send().await {
            Err(error) if is_another(&error) => Ok(None),
            answer => {
                let answer = answer.or_explain(&self.target, what)?;
                Ok(Some(answer.e_tag.unwrap_or_default()))
            }
        }
    }

    pub(super) async fn get(&self, name: &str, what: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let Some(object) = self.open(name, what).await? else {
            return Ok(None);
        };
        let bytes = object
            .body
            .collect()
            .await
            .with_context(|| what.to_owned())?;
        Ok(Some(bytes.to_vec()))
    }

    /// An object before its bytes are read; `None` where there is none.
    pub(super) async fn open(
        &self,
        name: &str,
        what: &str,
    ) -> Result<Option<GetObjectOutput>, Failure> {
        let call = self.client.get_object().bucket(&self.bucket);
        match call.key(self.key(name)).send().await {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Ok(None)
            }
            answer => answer.or_explain(&self.target, what).map(Some),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<(String, u64)>, Failure> {
        let base = match self.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        let call = self.client.list_objects_v2().bucket(&self.bucket);
        let mut pages = call.prefix(&base).into_paginator().send();
        let what = format!("cannot list s3://{}/{base}", self.bucket);
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.or_explain(&self.target, &what)?;
            for object in page.contents() {
                let name = object.key().unwrap_or_default();
                let name = name.strip_prefix(&base).unwrap_or(name);
                let size = object.size().and_then(|size| u64::try_from(size).ok());
                found.push((name.to_owned(), size.unwrap_or_default()));
            }
        }
        Ok(found)
    }

    /// Deletes an object that still has this `ETag`; another one stays.
    pub(super) async fn delete_only(
        &self,
        name: &str,
        etag: &str,
        what: &str,
    ) -> Result<(), Failure> {
        let call = self.client.delete_object().bucket(&self.bucket);
        let call = call.key(self.key(name)).if_match(etag).send().await;
        match call {
            Err(error) if is_another(&error) => Ok(()),
            answer => answer.or_explain(&self.target, what).map(drop),
        }
    }

    pub(super) async fn delete(&self, name: &str, what: &str) -> Result<(), Failure> {
        let call = self.client.delete_object().bucket(&self.bucket);
        let call = call.key(self.key(name)).send().await;
        call.or_explain(&self.target, what).map(drop)
    }
}

/// Gone, changed, or somebody is writing it at this moment.
fn is_another<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    let code = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code);
    matches!(
        code,
        Some("PreconditionFailed" | "ConditionalRequestConflict" | "NoSuchKey")
    )
}
