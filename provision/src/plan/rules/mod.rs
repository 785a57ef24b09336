//! What a change means, as data: a file for each service, in it a table for each resource type.
//! The first rule that holds decides; where none holds, a changed property
//! [`interrupts`](crate::plan::Grade::Interrupts): what nobody has thought about is looked at.
//!
//! `kind` is the shape of the tables, `holds` says when a rule does, `lookup` finds them.

mod kind;

mod amplify;
mod apigateway;
mod apigatewayv2;
mod cloudwatch;
mod dynamodb;
mod every;
mod iam;
mod lambda;
mod logs;
mod others;
mod s3;

mod holds;
mod lookup;

pub use kind::{Fate, Kind, Rule, When};
pub use lookup::{is_stateful, kind, of};
