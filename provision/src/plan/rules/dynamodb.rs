//! `AWS::DynamoDB::*`: DB-1 to DB-7.

use super::kind::When::{Added, Any, Becomes, Off, On, Raised, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::{MayReplace, Release, Remove, Replace};
use crate::plan::Grade::{Interrupts, LosesData, Safe, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[TABLE];

#[rustfmt::skip]
const TABLE: Kind = Kind {
    name: "AWS::DynamoDB::Table",
    stateful: true,
    replaced_by: Some(&["TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification"]),
    fates: &[
        fate(&[Remove], LosesData, "the table is deleted with all its items"),
        fate(&[Release], LosesData,
            "the platform loses the table; it stays outside the stack with its items"),
        fate(&[Replace, MayReplace], LosesData,
            "an empty table takes its place; the items stay in the old one, outside the stack, where it is retained"),
    ],
    rules: &[
        rule("KeySchema", Any, LosesData, "another key means another, empty table"),
        rule("TableName", Any, LosesData, "another name means another, empty table"),
        rule("AttributeDefinitions.*.AttributeType", Added, Interrupts,
            "one more attribute for a key or an index"),
        rule("AttributeDefinitions.*.AttributeName", Any, Interrupts, "the attributes of keys and indexes"),
        rule("AttributeDefinitions.*.AttributeType", Removed, Interrupts,
            "the attributes of keys and indexes"),
        rule("AttributeDefinitions", Any, LosesData, "another type of a key means another, empty table"),
        rule("LocalSecondaryIndexes", Any, LosesData,
            "such an index cannot be changed without another, empty table"),
        rule("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", Off, LosesData,
            "the table can no longer be restored to an earlier moment, and the moments kept so far go"),
        rule("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", On, Safe,
            "the table can be restored to an earlier moment"),
        rule("PointInTimeRecoverySpecification.RecoveryPeriodInDays", Raised, Safe,
            "earlier moments are kept for longer"),
        rule("PointInTimeRecoverySpecification.RecoveryPeriodInDays", Added, Safe,
            "earlier moments are kept for so many days"),
        rule("PointInTimeRecoverySpecification", Any, LosesData,
            "the earlier moments it could be restored to go"),
        rule("DeletionProtectionEnabled", On, Safe, "the table is protected from deletion"),
        rule("DeletionProtectionEnabled", Any, LosesData, "the table is no longer protected from deletion"),
        rule("DeletionPolicy", Becomes("Retain"), Safe, "the table stays when it leaves the stack"),
        rule("DeletionPolicy", Any, LosesData, "the table would go with the stack"),
        rule("UpdateReplacePolicy", Becomes("Retain"), Safe, "the table stays when another takes its place"),
        rule("UpdateReplacePolicy", Any, LosesData, "the table would go when another takes its place"),
        rule("TimeToLiveSpecification", Added, LosesData, "items whose time has passed are deleted"),
        rule("TimeToLiveSpecification.AttributeName", Any, LosesData, "items expire by another attribute"),
        rule("TimeToLiveSpecification.Enabled", On, LosesData, "items whose time has passed are deleted"),
        rule("TimeToLiveSpecification", Any, Interrupts, "items no longer expire"),
        rule("SSESpecification.SSEEnabled", On, Safe, "the table is encrypted with a key of the account"),
        rule("SSESpecification.SSEEnabled", Any, WidensAccess,
            "the table is no longer encrypted with a key of the account"),
        rule("BillingMode", Any, Interrupts, "capacity, and the bill, work differently"),
    ],
};
