//! The ports' real ends, and one in memory for tests. The only files that know the AWS SDK.

mod aws;

pub mod agent;
pub mod bedrock;
mod bedrock_stream;
pub mod connections;
pub mod dynamodb;
pub mod knowledge;
pub mod system;

pub mod memory;

pub use agent::AgentFunction;
pub use bedrock::Model;
pub use connections::Connections;
pub use dynamodb::Tables;
pub use knowledge::Knowledge;
pub use system::System;

use std::env;

use contract::Failure;

/// The value of an environment variable that the template sets.
///
/// # Errors
/// Where it is not set, or empty.
fn setting(name: &str) -> Result<String, Failure> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            Failure::new(format!("the environment variable {name} is not set"))
                .hint("the stack sets it; deploy again")
        })
}
