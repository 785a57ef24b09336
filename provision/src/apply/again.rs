//! The template that a stack has, once more: for other parameters, or against drift.

use contract::Failure;

use super::change_set;
use super::client::{Again, Client, Proposal, Request};
use super::interrupt::{Journal, Stage};

/// Proposes the stack's own template again; a change set that is empty or failed is deleted.
/// Gives the change set's name with the proposal.
///
/// # Errors
/// Where CloudFormation refuses.
pub async fn propose(
    client: Client<'_>,
    journal: &Journal,
    again: &Again<'_>,
) -> Result<Option<(String, Proposal)>, Failure> {
    let stack = &client.target().stack;
    let name = Request::new_name();
    journal.enter(Stage::Proposed {
        stack: stack.clone(),
        name: name.clone(),
        create: false,
    });
    let proposed = match client.propose_again(&name, again).await {
        Ok(ids) => client.proposed(stack, &ids).await,
        Err(failure) => Err(failure),
    };
    if !matches!(proposed, Ok(Some(_))) {
        change_set::discard(client, stack, &name, false).await?;
        journal.enter(Stage::Idle);
    }
    Ok(proposed?.map(|proposal| (name, proposal)))
}
