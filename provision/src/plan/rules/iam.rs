//! `AWS::IAM::*`. What a role allows is compared in [`access`](super::super::access).

use super::kind::When::{Any, RaisedOrRemoved};
use super::kind::{Kind, rule};
use crate::plan::Grade::{Interrupts, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[ROLE];

#[rustfmt::skip]
const ROLE: Kind = Kind {
    name: "AWS::IAM::Role",
    stateful: false,
    replaced_by: Some(&["RoleName", "Path"]),
    fates: &[],
    rules: &[
        rule("MaxSessionDuration", RaisedOrRemoved, WidensAccess, "a session lasts longer"),
        rule("PermissionsBoundary", Any, WidensAccess, "another boundary of what it may be allowed"),
        rule("RoleName", Any, Interrupts, "another role takes its place"),
    ],
};
