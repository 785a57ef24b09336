//! Generates, plans, applies and verifies the platform's stack.
//!
//! `cfn` is CloudFormation, typed, and knows nothing of this product; `grants` turns verbs on
//! targets into IAM; `stacks` reads like the architecture's diagram. Those three are pure. The rest
//! talks to a target.

pub mod cfn;
pub mod grants;
pub mod stacks;
