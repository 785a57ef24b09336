//! One change set from proposal to end.

use contract::failure::exit_of;
use contract::{Exit, Failure};

use super::client::{Client, Proposal, Request, Validated};
use super::follow::{self, Outcome};
use super::interrupt::{Journal, Stage};
use super::progress::Progress;
use super::running::Operation;
use super::stack::{Event, Standing, is_success};
use super::{diagnosis, token};

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
    if matches!(proposed, Ok(Some(_))) {
        return proposed;
    }
    let put_away = discard(client, &request.stack, &request.name, request.create).await;
    journal.enter(Stage::Idle);
    match proposed {
        // What went wrong first is what a person has to know.
        Err(failure) => Err(who_came_first(client, &request.stack, failure).await),
        nothing => put_away.and(nothing),
    }
}

/// Deletes a change set, and the empty stack that only it made. An empty stack in which somebody
/// else's change set waits is left to them.
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
    let empty = create && Standing::of(&live.status) == Standing::Review;
    let shared = empty && client.has_other_change_sets(stack, name).await?;
    client.delete_change_set(stack, name).await?;
    if empty && !shared {
        client.delete_stack(&live.id, &token::new()).await?;
    }
    Ok(())
}

/// Executes a proposal and follows it to its end. With `keep`, what succeeds stays where something
/// fails; without it, CloudFormation rolls back.
///
/// # Errors
/// Where it fails, with its first cause; exit 3 where another operation came first.
pub async fn execute(
    client: Client<'_>,
    journal: &Journal,
    proposal: &Proposal,
    keep: bool,
) -> Result<(), Failure> {
    let token = token::new();
    journal.enter(Stage::Running {
        stack: proposal.plan.stack.clone(),
    });
    if let Err(failure) = client.execute(proposal, &token, keep).await {
        // An answer that was lost on its way is asked for again, and then refused.
        if !has_begun(client, &proposal.stack_id, &token).await {
            journal.enter(Stage::Idle);
            return Err(who_came_first(client, &proposal.plan.stack, failure).await);
        }
    }
    let progress = Progress::new(proposal.plan.changes.len());
    // By its name: where two proposed to make it, engines may know it by the other's ARN.
    let live = client.stack(&proposal.plan.stack).await?;
    let id = live.map_or_else(|| proposal.stack_id.clone(), |live| live.id);
    let outcome = follow::to_end(client, &id, Some(&token), progress).await?;
    if outcome.status == "DELETE_COMPLETE" {
        let stack = &proposal.plan.stack;
        return Err(Failure::new(format!("{stack} was deleted meanwhile"))
            .hint("run the same command again"));
    }
    judge(client, &id, &outcome).await?;
    journal.did(format!("{} is up to date", proposal.plan.stack));
    journal.enter(Stage::Idle);
    Ok(())
}

async fn has_begun(client: Client<'_>, stack_id: &str, token: &str) -> bool {
    let events = client.events_after(stack_id, None).await;
    events.is_ok_and(|events| {
        events
            .iter()
            .any(|event| event.token.as_deref() == Some(token))
    })
}

/// The refusal that names whose operation runs, where one came first and still does.
async fn who_came_first(client: Client<'_>, stack: &str, failure: Failure) -> Failure {
    if exit_of(&failure) != Exit::Refused {
        return failure;
    }
    let Ok(Some(live)) = client.stack(stack).await else {
        return failure;
    };
    match Operation::on(client, &live).await {
        Ok(Some(operation)) => operation.refusal(client.target(), stack),
        _ => failure,
    }
}

/// Deletes a stack and follows that to its end; retained resources stay.
///
/// # Errors
/// Where it fails, with its first cause.
pub async fn delete(client: Client<'_>, journal: &Journal, id: &str) -> Result<(), Failure> {
    let token = token::new();
    let stack = diagnosis::name_of(id).to_owned();
    journal.enter(Stage::Running {
        stack: stack.clone(),
    });
    client.delete_stack(id, &token).await?;
    let outcome = follow::to_end(client, id, Some(&token), Progress::new(0)).await?;
    judge(client, id, &outcome).await?;
    journal.did(format!("{stack} is deleted"));
    journal.enter(Stage::Idle);
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
        let found = client.validation_errors(Validated::Stack(stack_id)).await;
        found.unwrap_or_default()
    } else {
        Vec::new()
    };
    let first = found
        .first()
        .or_else(|| diagnosis::first_cause(&outcome.events, stack_id));
    Err(diagnosis::failure(
        client.target(),
        stack_id,
        &outcome.status,
        first,
    ))
}
