//! `provision continue`: goes on with a rollback that failed.

use contract::{Exit, Failure};
use deploy_target::TargetArgs;

use super::rollback::{ask, live, settle, taken_up};
use crate::apply::client::Client;
use crate::apply::interrupt::{Journal, Stage, guarded};
use crate::apply::stack::Standing;
use crate::apply::token;
use crate::clients::Clients;

/// Go on with a rollback that failed, once its cause is mended
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Leave this resource as it is, where it cannot be rolled back (may be given again)
    #[arg(long, value_name = "LOGICAL-ID")]
    skip: Vec<String>,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// The command that goes on where this one was.
    fn command(&self) -> String {
        let skip = self.skip.iter();
        skip.fold("continue".to_owned(), |command, id| {
            command + " --skip " + id
        })
    }
}

/// Continues the rollback of a stuck stack.
///
/// # Errors
/// Exit 3 where the stack is not stuck; exit 1 where the rollback fails again, with the cause.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::of(args.command());
    let work = go_on(client, &journal, args);
    Box::pin(guarded(client, &journal, work)).await
}

async fn go_on(client: Client<'_>, journal: &Journal, args: &Args) -> anyhow::Result<Exit> {
    if let Some(exit) = taken_up(client, journal).await? {
        return Ok(exit);
    }
    let name = &client.target().stack;
    let stack = live(client).await?;
    if Standing::of(&stack.status) != Standing::Stuck {
        return Err(Failure::refused(format!(
            "{name} is {}: no rollback of it is stuck",
            stack.status
        ))
        .hint(format!(
            "go on deploying: cargo provision apply {}",
            client.target().flags()
        ))
        .into());
    }
    let skipped = match args.skip.as_slice() {
        [] => String::new(),
        ids => format!(" Left as they are: {}.", ids.join(", ")),
    };
    let question = format!("Continue the rollback of {name}?{skipped}");
    ask(question, args.yes).await?;
    let token = token::new();
    journal.enter(Stage::Running {
        stack: name.clone(),
    });
    client
        .continue_rollback(&stack.id, &args.skip, &token)
        .await?;
    settle(client, &stack, &token).await
}
