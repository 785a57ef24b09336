//! `AWS::S3::*`: the artifact bucket.

use super::kind::When::{Any, Leaves, On, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::{MayReplace, Release, Remove, Replace};
use crate::plan::Grade::{Interrupts, LosesData, Safe, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[BUCKET];

#[rustfmt::skip]
const BUCKET: Kind = Kind {
    name: "AWS::S3::Bucket",
    stateful: true,
    replaced_by: Some(&["BucketName"]),
    fates: &[
        fate(&[Remove, Replace, MayReplace], LosesData, "the bucket goes, or an empty one takes its place"),
        fate(&[Release], LosesData, "the bucket leaves the stack, and stays with its objects"),
    ],
    rules: &[
        rule("BucketName", Any, LosesData, "another name means another, empty bucket"),
        rule("VersioningConfiguration.Status", Leaves("Enabled"), LosesData,
            "overwritten objects can no longer be brought back"),
        rule("PublicAccessBlockConfiguration", On, Safe, "one way for the public to read is closed"),
        rule("PublicAccessBlockConfiguration", Any, WidensAccess, "the bucket may become public"),
        rule("BucketEncryption", Removed, WidensAccess, "objects are no longer encrypted as declared"),
        rule("LifecycleConfiguration", Any, Interrupts, "objects expire at other times"),
        rule("DeletionPolicy", Leaves("Retain"), LosesData, "the bucket would go with the stack"),
    ],
};
