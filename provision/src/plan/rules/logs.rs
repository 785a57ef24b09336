//! `AWS::Logs::*`: OBS-1, OBS-2.

use super::kind::When::{Any, Raised, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::{Release, Remove, Replace};
use crate::plan::Grade::{Interrupts, Safe};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[LOG_GROUP];

#[rustfmt::skip]
const LOG_GROUP: Kind = Kind {
    name: "AWS::Logs::LogGroup",
    stateful: false,
    replaced_by: Some(&["LogGroupName"]),
    fates: &[
        fate(&[Remove, Replace], Interrupts, "its logs are deleted"),
        fate(&[Release], Safe, "its logs stay, outside the stack"),
    ],
    rules: &[
        rule("RetentionInDays", Raised, Safe, "logs are kept for longer"),
        rule("RetentionInDays", Removed, Safe, "logs are kept for ever"),
        rule("RetentionInDays", Any, Interrupts, "older logs are deleted"),
    ],
};
