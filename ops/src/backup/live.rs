//! The running platform, as backup and restore reach it.

use anyhow::Context;
use contract::{Table, outputs};
use deploy_target::{Target, connect};

use crate::clients::Clients;
use crate::stack::Stack;
use crate::wire::Wire;

/// A target's stack, the services, and the wire to its tables.
#[derive(Debug)]
pub struct Live {
    /// Where it is.
    pub target: Target,
    /// What is called once.
    pub clients: Clients,
    /// What moves items.
    pub wire: Wire,
    /// The stack.
    pub stack: Stack,
}

impl Live {
    /// Reads the target's stack.
    ///
    /// # Errors
    /// Where there is none, or it cannot be reached.
    pub async fn reach(target: Target) -> anyhow::Result<Self> {
        let config = connect(&target).await;
        let clients = Clients::new(&config);
        let stack = Stack::read(&clients.cloudformation, &target).await?;
        let wire = Wire::new(&config).context("cannot reach DynamoDB")?;
        Ok(Self {
            target,
            clients,
            wire,
            stack,
        })
    }

    /// A table's name in the account.
    ///
    /// # Errors
    /// Where the stack is not the platform's.
    pub fn table(&self, table: Table) -> anyhow::Result<String> {
        Ok(table.physical_name(self.stack.output(outputs::PREFIX)?))
    }
}
