//! Generates, plans, applies and verifies the platform's stack.
//!
//! `cfn` is CloudFormation, typed, and knows nothing of this product; `grants` turns verbs on
//! targets into IAM; `stacks` reads like the architecture's diagram; `documents` is what clients
//! generate code from; `plan` says what a change of template means, `cost` what a month of it costs,
//! `graph` draws it. Those are pure. The rest talks to a target: `apply` brings a stack to what the template says, `local` closes what the
//! local engine leaves open, `verify` compares what lives with what `contract` says, and
//! `commands` are what a person types.

pub mod cfn;
pub mod cost;
pub mod documents;
pub mod grants;
pub mod graph;
pub mod plan;
pub mod stacks;

pub mod apply;
pub mod clients;
pub mod commands;
pub mod destroy;
pub mod doctor;
pub mod drift;
pub mod hotswap;
pub mod live;
pub mod local;
pub mod output;
pub mod page;
pub mod platform;
pub mod policy;
pub mod rotation;
pub mod verify;
