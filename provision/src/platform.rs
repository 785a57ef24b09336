//! The deployed platform, as its stack's outputs name it: where commands find live resources.

use std::collections::BTreeMap;

use contract::{Failure, outputs};

use crate::apply::client::Client;
use crate::apply::stack::Stack;
use crate::clients::Clients;

/// A deployed platform.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Its stack.
    pub stack: Stack,
}

impl Platform {
    /// Reads the target's stack.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub async fn read(clients: &Clients) -> Result<Self, Failure> {
        let target = &clients.target;
        let stack = Client::new(clients).stack(&target.stack).await?;
        let stack = stack.ok_or_else(|| {
            Failure::new(format!(
                "there is no stack {} in {}",
                target.stack,
                target.region()
            ))
            .hint(format!("make it: cargo provision apply {}", target.flags()))
        })?;
        if stack.outputs.is_empty() {
            let message = format!(
                "{} has no outputs; its status is {}",
                target.stack, stack.status
            );
            return Err(Failure::new(message).hint(format!(
                "deploy it again: cargo provision apply {}",
                target.flags()
            )));
        }
        Ok(Self { stack })
    }

    /// Every output.
    pub const fn outputs(&self) -> &BTreeMap<String, String> {
        &self.stack.outputs
    }

    /// One output.
    ///
    /// # Errors
    /// Where the stack has none of that name: it is older than this program.
    pub fn output(&self, name: &str) -> Result<&str, Failure> {
        self.outputs().get(name).map(String::as_str).ok_or_else(|| {
            Failure::new(format!("the stack has no output {name}"))
                .hint("it was deployed by another version; deploy it again: cargo provision apply")
        })
    }

    /// The prefix of names.
    ///
    /// # Errors
    /// As [`Platform::output`].
    pub fn prefix(&self) -> Result<&str, Failure> {
        self.output(outputs::PREFIX)
    }
}
