//! One change set from proposal to end.

use contract::Failure;

use super::cause;
use super::client::{Client, Proposal, Request};
use super::follow::{self, Outcome};
use super::interrupt::{Journal, Stage};
use super::progress::Progress;
use super::stack::{Event, Standing, is_success};

/// Proposes; `None` where nothing would change. An empty or failed change set is deleted again.
///
/// # Errors
/// Where CloudFormation refuses.
pub async fn propose(
    client: Client<'_>,
    journal: &Journal,
    request: &Request,
) -> Result<Option<Proposal>, Failure> {
    journal.enter(Stage::Proposed {
        stack: request.stack.clone(),
        name: request.name.clone(),
        create: request.create,
    });
    let proposed = match client.propose(request).await {
        Ok(ids) => client.proposed(&request.stack, &ids).await,
        Err(failure) => Err(failure),
    };
    if !matches!(proposed, Ok(Some(_))) {
        discard(client, &request.stack, &request.name, request.create).await?;
        journal.enter(Stage::Before);
    }
    proposed
}

/// Deletes a change set, and the empty stack that only it made.
///
/// # Errors
/// Where CloudFormation refuses.
pub async fn discard(
    client: Client<'_>,
    stack: &str,
    name: &str,
    create: bool,
) -> Result<(), Failure> {
    let Some(live) = client.stack(stack).await? else {
        return Ok(());
    };
    client.delete_change_set(stack, name).await?;
    if create && Standing::of(&live.status) == Standing::Review {
        client.delete_stack(&live.id, &token()).await?;
    }
    Ok(())
}

/// Executes a proposal and follows it to its end.
///
/// # Errors
/// Where it fails, with its first cause.
pub async fn execute(
    client: Client<'_>,
    journal: &Journal,
    proposal: &Proposal,
) -> Result<(), Failure> {
    let token = token();
    journal.enter(Stage::Running {
        stack: proposal.plan.stack.clone(),
    });
    client.execute(&proposal.id, &token).await?;
    let progress = Progress::new(proposal.plan.changes.len());
    let outcome = follow::to_end(client, &proposal.stack_id, Some(&token), progress).await?;
    judge(client, &proposal.stack_id, &outcome).await?;
    journal.enter(Stage::After);
    Ok(())
}

/// Deletes a stack and follows that to its end; retained resources stay.
///
/// # Errors
/// Where it fails, with its first cause.
pub async fn delete(client: Client<'_>, journal: &Journal, id: &str) -> Result<(), Failure> {
    let token = token();
    journal.enter(Stage::Running {
        stack: id.to_owned(),
    });
    client.delete_stack(id, &token).await?;
    let outcome = follow::to_end(client, id, Some(&token), Progress::new(0)).await?;
    judge(client, id, &outcome).await?;
    journal.enter(Stage::Before);
    Ok(())
}

/// Success, or the failure with its first cause.
///
/// # Errors
/// Where the operation did not do what was asked.
pub async fn judge(client: Client<'_>, stack_id: &str, outcome: &Outcome) -> Result<(), Failure> {
    if is_success(&outcome.status) {
        return Ok(());
    }
    let invalid = |event: &Event| event.detail.as_deref() == Some("VALIDATION_FAILED");
    let found = if outcome.events.iter().any(invalid) {
        client.validation_errors(stack_id).await?
    } else {
        Vec::new()
    };
    let first = found
        .first()
        .or_else(|| cause::first_cause(&outcome.events, stack_id));
    Err(cause::failure(
        client.target(),
        stack_id,
        &outcome.status,
        first,
    ))
}

fn token() -> String {
    uuid::Uuid::new_v4().to_string()
}
