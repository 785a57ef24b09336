//! The ports' real ends, and one in memory for tests. The only files that know the AWS SDK.
//!
//! Every call of the SDK is boxed: its future takes 5 to 7 KiB, which a handler that awaits a few
//! of them, each in layers, would multiply; it is copied as it starts, page by page.

mod aws;

pub mod agent;
pub mod bedrock;
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
use std::sync::LazyLock;

use contract::Failure;

/// What not every request needs: made by the first that does.
type Later<T> = LazyLock<T, Box<dyn FnOnce() -> T + Send>>;

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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::handlers::{Handle, Invocation, PersonalizationAgent};

    type Agent = PersonalizationAgent<Tables, Model, Knowledge, System>;

    fn size_of_future<A, F>(_: impl Fn(A) -> F) -> usize {
        size_of::<F>()
    }

    /// With the SDK's futures in it, it took 80 KiB.
    #[test]
    fn a_request_under_way_is_small() {
        let handle = |(agent, event, invocation): (&'static Agent, Value, &'static Invocation)| {
            agent.handle(event, invocation)
        };
        assert!(
            size_of_future(handle) < 8 * 1024,
            "{}",
            size_of_future(handle)
        );
    }
}
