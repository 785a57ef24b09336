//! `AWS::CloudWatch::*`: OBS-2 to OBS-4.

use super::kind::When::{Any, Off, Raised, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::Remove;
use crate::plan::Grade::{Interrupts, Safe};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[ALARM, DASHBOARD];

#[rustfmt::skip]
const ALARM: Kind = Kind {
    name: "AWS::CloudWatch::Alarm",
    stateful: false,
    replaced_by: Some(&["AlarmName"]),
    fates: &[
        fate(&[Remove], Interrupts, "nobody is told any more"),
    ],
    rules: &[
        rule("ActionsEnabled", Off, Interrupts, "nobody is told any more"),
        rule("AlarmActions", Removed, Interrupts, "nobody is told any more"),
        rule("OKActions", Any, Safe, "who is told when all is well again"),
        rule("AlarmActions", Any, Safe, "others are told"),
        rule("AlarmDescription", Any, Safe, "words for people"),
        rule("Threshold", Raised, Interrupts, "the alarm goes off later"),
        rule("Threshold", Any, Safe, "the alarm goes off earlier"),
    ],
};

#[rustfmt::skip]
const DASHBOARD: Kind = Kind {
    name: "AWS::CloudWatch::Dashboard",
    stateful: false,
    replaced_by: Some(&["DashboardName"]),
    fates: &[
        fate(&[], Safe, "a dashboard only shows"),
    ],
    rules: &[
        rule("DashboardBody", Any, Safe, "a dashboard only shows"),
    ],
};
