//! `AWS::Lambda::*`: FN-1 to FN-6.

use super::kind::When::{Any, Becomes, Raised};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::Add;
use crate::plan::Grade::{Interrupts, Safe, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[FUNCTION, URL];

#[rustfmt::skip]
const FUNCTION: Kind = Kind {
    name: "AWS::Lambda::Function",
    stateful: false,
    replaced_by: Some(&["FunctionName", "PackageType"]),
    fates: &[],
    rules: &[
        rule("Code", Any, Safe, "new code"),
        rule("MemorySize", Raised, Safe, "more memory"),
        rule("MemorySize", Any, Interrupts, "less memory: it may be slower, or not suffice"),
        rule("Timeout", Raised, Safe, "more time"),
        rule("Timeout", Any, Interrupts, "less time: long answers are cut off"),
        rule("Role", Any, WidensAccess, "it runs with another role"),
        rule("Environment", Any, Interrupts, "it is told something else"),
        rule("Architectures", Any, Interrupts, "it runs on another processor"),
        rule("Runtime", Any, Interrupts, "it runs on another runtime"),
        rule("LoggingConfig", Any, Interrupts, "its logs go elsewhere, or look different"),
        rule("TracingConfig", Any, Safe, "tracing"),
        rule("ReservedConcurrentExecutions", Any, Interrupts, "another number may run at once"),
    ],
};

#[rustfmt::skip]
const URL: Kind = Kind {
    name: "AWS::Lambda::Url",
    stateful: false,
    replaced_by: None,
    fates: &[
        fate(&[Add], WidensAccess, "a function gets an address of its own"),
    ],
    rules: &[
        rule("AuthType", Becomes("NONE"), WidensAccess, "anybody may call the function"),
    ],
};
