//! `AWS::S3::*`

use serde::Serialize;

use super::iam::Document;
use super::{Expr, Handle, Resource, Tag};

/// `AWS::S3::Bucket`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct Bucket {
    pub bucket_encryption: serde_json::Value,
    pub public_access_block_configuration: PublicAccessBlock,
    pub ownership_controls: serde_json::Value,
    pub lifecycle_configuration: serde_json::Value,
    pub tags: Vec<Tag>,
}

/// All four ways to make a bucket public, closed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the service's own four switches"
)]
pub struct PublicAccessBlock {
    pub block_public_acls: bool,
    pub block_public_policy: bool,
    pub ignore_public_acls: bool,
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// Everything blocked.
    pub const ALL: Self = Self {
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
    };
}

impl Resource for Bucket {
    const TYPE: &'static str = "AWS::S3::Bucket";
}

impl Handle<Bucket> {
    /// The bucket's ARN.
    pub fn arn(&self) -> Expr {
        self.attribute("Arn")
    }
}

/// `AWS::S3::BucketPolicy`
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "spelt as in the resource reference")]
pub struct BucketPolicy {
    pub bucket: Expr,
    pub policy_document: Document,
}

impl Resource for BucketPolicy {
    const TYPE: &'static str = "AWS::S3::BucketPolicy";
}
