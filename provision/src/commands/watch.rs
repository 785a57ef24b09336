//! `provision watch`: follows what is running on the stack to its end.

use contract::{Exit, Failure};
use deploy_target::TargetArgs;

use crate::apply::client::Client;
use crate::apply::progress::Progress;
use crate::apply::stack::is_running;
use crate::apply::{change_set, follow, token};
use crate::clients::Clients;
use crate::output::{note, print};

/// Follow the operation that is running on the stack, or tell how the last one ended
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Watches until the stack rests.
///
/// # Errors
/// Where there is no stack, or the operation fails, with its first cause.
pub async fn run(target: &TargetArgs, _: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let stack = &clients.target.stack;
    let live = client.stack(stack).await?.ok_or_else(|| {
        Failure::new(format!("there is no stack {stack}")).hint(format!(
            "make it: cargo provision apply {}",
            clients.target.flags()
        ))
    })?;
    // What runs now, or ran last, is what the newest event belongs to.
    let events = client.events_after(&live.id, None).await?;
    let token = events.last().and_then(|event| event.token.clone());
    if is_running(&live.status) {
        let by = token.as_deref().and_then(token::origin);
        let by = by.map_or_else(String::new, |origin| format!(", by {}", origin.shown()));
        note(&format_args!("{stack}: {}{by}", live.status));
    }
    let outcome = follow::to_end(client, &live.id, token.as_deref(), Progress::new(0)).await?;
    change_set::judge(client, &live.id, &outcome).await?;
    print(&format_args!("{stack}: {}", outcome.status))?;
    Ok(Exit::Done)
}
