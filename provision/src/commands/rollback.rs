//! `provision rollback`: returns to before a failed operation, or to the deployment before the live
//! one.

use anyhow::Context;
use contract::{Exit, Failure};
use deploy_target::{TargetArgs, confirm};

use crate::apply::bootstrap::Bootstrap;
use crate::apply::client::Client;
use crate::apply::follow::Outcome;
use crate::apply::gates::Allowed;
use crate::apply::interrupt::{Journal, Stage, guarded};
use crate::apply::previous::Previous;
use crate::apply::progress::Progress;
use crate::apply::stack::{Stack, Standing, is_rolled_back};
use crate::apply::{change_set, diagnosis, follow, gates, running, token};
use crate::clients::Clients;
use crate::local;
use crate::output::{note, print};
use crate::plan::Plan;

/// Return to before a deployment that failed without rollback, or to the one before the live one
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The live deployment is whole: return to the template and the code of the one before it
    #[arg(long)]
    previous: bool,

    #[command(flatten)]
    allowed: Allowed,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Rolls back.
///
/// # Errors
/// Where there is nothing to return to (exit 3), or CloudFormation fails, with the first cause.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::of(if args.previous {
        "rollback --previous"
    } else {
        "rollback"
    });
    let work = async {
        if args.previous {
            previous(&clients, &journal, args).await
        } else {
            failed(client, &journal, args.yes).await
        }
    };
    Box::pin(guarded(client, &journal, work)).await
}

/// The target's stack, which nobody is working on.
pub(super) async fn live(client: Client<'_>) -> anyhow::Result<Stack> {
    let target = client.target();
    let stack = client.stack(&target.stack).await?.ok_or_else(|| {
        Failure::new(format!("there is no stack {}", target.stack))
            .hint(format!("make it: cargo provision apply {}", target.flags()))
    })?;
    running::refuse(client, &target.stack, Some(&stack)).await?;
    Ok(stack)
}

/// Takes up what an earlier call of ours left; the end of this command where that was a rollback:
/// then the stack is what was asked for.
pub(super) async fn taken_up(
    client: Client<'_>,
    journal: &Journal,
) -> anyhow::Result<Option<Exit>> {
    let taken = running::take_up(client, journal, &client.target().stack).await?;
    match taken {
        Some(taken) if is_rolled_back(&taken.outcome.status) => {
            conclude(client, &taken.stack_id, &taken.outcome).map(Some)
        }
        _ => Ok(None),
    }
}

fn nothing(client: Client<'_>, stack: &Stack, previous: bool) -> Failure {
    let target = client.target();
    let (name, status, flags) = (&target.stack, &stack.status, target.flags());
    if previous {
        return Failure::refused(format!("{name} is {status}: not a whole deployment")).hint(
            format!("return to before the failed one first: cargo provision rollback {flags}"),
        );
    }
    Failure::refused(format!(
        "{name} is {status}: no failed deployment waits to be rolled back"
    ))
    .hint(format!(
        "to return to the deployment before the live one: cargo provision rollback {flags} \
             --previous"
    ))
}

async fn failed(client: Client<'_>, journal: &Journal, yes: bool) -> anyhow::Result<Exit> {
    if let Some(exit) = taken_up(client, journal).await? {
        return Ok(exit);
    }
    let stack = live(client).await?;
    let target = client.target();
    match gates::may_start(target, &target.stack, Some(&stack))? {
        Standing::Paused => paused(client, journal, &stack, yes).await,
        _ => Err(nothing(client, &stack, false).into()),
    }
}

async fn paused(
    client: Client<'_>,
    journal: &Journal,
    stack: &Stack,
    yes: bool,
) -> anyhow::Result<Exit> {
    let name = &client.target().stack;
    let made = stack.status == "CREATE_FAILED";
    let loses = if made {
        "What its failed creation made goes; tables stay."
    } else {
        "What its failed update changed goes back."
    };
    ask(format!("Roll back {name} ({})? {loses}", stack.status), yes).await?;
    let token = token::new();
    journal.enter(Stage::Running {
        stack: name.clone(),
    });
    client.roll_back(&stack.id, &token).await?;
    settle(client, stack, &token).await
}

/// Follows a rollback to its end; a rolled back stack is what was asked for.
pub(super) async fn settle(client: Client<'_>, stack: &Stack, token: &str) -> anyhow::Result<Exit> {
    let outcome = follow::to_end(client, &stack.id, Some(token), Progress::new(0)).await?;
    conclude(client, &stack.id, &outcome)
}

fn conclude(client: Client<'_>, stack_id: &str, outcome: &Outcome) -> anyhow::Result<Exit> {
    let target = client.target();
    if !is_rolled_back(&outcome.status) {
        let cause = diagnosis::first_cause(&outcome.events, stack_id);
        return Err(diagnosis::failure(target, stack_id, &outcome.status, cause).into());
    }
    print(&format_args!("{}: {}", target.stack, outcome.status))?;
    Ok(Exit::Done)
}

async fn previous(clients: &Clients, journal: &Journal, args: &Args) -> anyhow::Result<Exit> {
    let client = Client::new(clients);
    let name = &clients.target.stack;
    running::settle(client, journal, name).await?;
    let stack = &live(client).await?;
    if gates::may_start(&clients.target, name, Some(stack))? != Standing::Steady {
        return Err(nothing(client, stack, true).into());
    }
    let bootstrap = Bootstrap::read(client).await?;
    let bucket = bootstrap
        .live_bucket()
        .context("there is no artifact bucket")?;
    let already = format!("{name} is what the deployment before it was already");
    let Some(previous) = Previous::to_return_to(client, bucket, stack).await? else {
        note(&already);
        return Ok(Exit::Done);
    };
    let request = previous.clone().request(client, bucket).await?;
    let Some(proposal) = change_set::propose(client, journal, &request).await? else {
        note(&already);
        return Ok(Exit::Done);
    };
    let plan = previous.plan(client, stack, &proposal.plan).await?;
    if let Err(refusal) = allows(&plan, name, args).await {
        change_set::discard(client, &request.stack, &request.name, false).await?;
        return Err(refusal);
    }
    Previous::keep(client, bucket, stack).await?;
    change_set::execute(client, journal, &proposal, false).await?;
    Previous::promote(client, bucket).await?;
    if clients.target.is_local() {
        Box::pin(local::close_gaps(clients)).await?;
    }
    print(&format_args!(
        "{name} is what it was before its last deployment"
    ))?;
    Ok(Exit::Done)
}

/// What the rights of the deployment before were, somebody has allowed already.
async fn allows(plan: &Plan, name: &str, args: &Args) -> anyhow::Result<()> {
    note(plan);
    gates::keeps_data(plan, &args.allowed)?;
    let question = format!("Return {name} to the deployment before it?");
    ask(question, args.yes).await
}

/// Asks without blocking Ctrl-C.
pub(super) async fn ask(question: String, yes: bool) -> anyhow::Result<()> {
    let asked = tokio::task::spawn_blocking(move || confirm(&question, yes)).await;
    Ok(asked.context("the question was cut short")??)
}
