//! What there is before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Failure, Table};
use futures::{StreamExt, TryStreamExt, stream};

use super::adoption::Found;
use super::bootstrap::Bootstrap;
use super::client::{Client, Identity};
use super::options::Options;
use super::stack::{Event, Stack, Standing};
use super::{gates, parameters, running};

/// What there is before anything is done.
pub struct Survey {
    /// Who we are.
    pub identity: Identity,
    /// The bootstrap stack.
    pub bootstrap: Bootstrap,
    /// The platform's stack.
    pub stack: Option<Stack>,
    /// What can be done with it.
    pub standing: Standing,
    /// Tables of its names that it does not own.
    pub found: Vec<Found>,
    /// Names of tables that its own failed create left behind.
    pub made: BTreeSet<String>,
    /// The prefix of its names.
    pub prefix: String,
}

impl Survey {
    /// Reads it all. Changes nothing.
    ///
    /// # Errors
    /// Where something cannot be read, or no operation may start now.
    pub async fn take(client: Client<'_>, options: &Options) -> anyhow::Result<Self> {
        let target = client.target();
        let identity = client.identity().await?;
        let (bootstrap, stack) = futures::try_join!(Bootstrap::read(client), async {
            Ok(client.stack(&target.stack).await?)
        })?;
        running::refuse(client, &target.stack, stack.as_ref()).await?;
        let standing = gates::may_start(target, &target.stack, stack.as_ref())?;
        // A stack that failed to be made has no say in how the next one is.
        let live = match (&stack, &standing) {
            (Some(stack), standing) if standing.is_updatable() => stack.parameters.clone(),
            _ => BTreeMap::new(),
        };
        let prefix = parameters::prefix(target, options, &live)?;
        let (owned, made) = history(client, stack.as_ref(), &standing).await?;
        let found = outside(client, &prefix, &owned).await?;
        Ok(Self {
            identity,
            bootstrap,
            stack,
            standing,
            found,
            made,
            prefix,
        })
    }

    /// The live parameters; empty unless the stack can be updated.
    pub fn live(&self) -> BTreeMap<String, String> {
        match (&self.stack, &self.standing) {
            (Some(stack), standing) if standing.is_updatable() => stack.parameters.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// Whether the stack has to be made.
    pub fn creates(&self) -> bool {
        !self.standing.is_updatable()
    }

    /// Whether an earlier operation failed without rollback: only one of the same kind may follow.
    pub fn is_paused(&self) -> bool {
        self.standing == Standing::Paused
    }

    /// The ARN of a failed stack that has to go first.
    pub fn failed(&self) -> Option<&str> {
        match (&self.stack, &self.standing) {
            (Some(stack), Standing::FailedCreate | Standing::FailedDelete) => Some(&stack.id),
            _ => None,
        }
    }
}

/// What the stack owns, and the tables that its failed create or deletion left behind.
async fn history(
    client: Client<'_>,
    stack: Option<&Stack>,
    standing: &Standing,
) -> Result<(BTreeSet<String>, BTreeSet<String>), Failure> {
    match (stack, standing) {
        (Some(stack), standing) if standing.is_updatable() => Ok((
            client.owned(&stack.id).await?.into_iter().collect(),
            BTreeSet::new(),
        )),
        (Some(stack), Standing::FailedCreate | Standing::FailedDelete) => {
            let events = client.events_after(&stack.id, None).await?;
            Ok((
                BTreeSet::new(),
                events.into_iter().filter_map(made_table).collect(),
            ))
        }
        _ => Ok((BTreeSet::new(), BTreeSet::new())),
    }
}

fn made_table(event: Event) -> Option<String> {
    let made = matches!(
        event.status.as_str(),
        "CREATE_COMPLETE" | "IMPORT_COMPLETE" | "DELETE_SKIPPED"
    );
    event
        .name
        .filter(|_| made && event.kind == "AWS::DynamoDB::Table")
}

async fn outside(
    client: Client<'_>,
    prefix: &str,
    owned: &BTreeSet<String>,
) -> Result<Vec<Found>, Failure> {
    let strangers = Table::ALL
        .into_iter()
        .filter(|table| !owned.contains(&table.physical_name(prefix)));
    stream::iter(strangers)
        .map(|table| client.table(table, prefix))
        .buffered(Table::ALL.len())
        .try_filter_map(|found| async move { Ok(found) })
        .try_collect()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_create_tells_which_tables_it_made() {
        let event = |kind: &str, status: &str| Event {
            kind: kind.into(),
            status: status.into(),
            name: Some("Blue-Users".into()),
            ..Event::default()
        };
        let table = "AWS::DynamoDB::Table";
        assert_eq!(
            made_table(event(table, "CREATE_COMPLETE")).as_deref(),
            Some("Blue-Users")
        );
        assert_eq!(made_table(event(table, "CREATE_FAILED")), None);
        assert_eq!(made_table(event("AWS::IAM::Role", "CREATE_COMPLETE")), None);
    }
}
