//! Its arguments, and how it begins and ends.

use std::time::Instant;

use contract::Exit;
use deploy_target::TargetArgs;
use serde_json::json;

use super::stack::Apply;
use crate::apply::client::Client;
use crate::apply::gates::Allowed;
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::manifest::Manifest;
use crate::apply::options::Options;
use crate::clients::Clients;
use crate::local;
use crate::output::{note, print};

/// Make or update the stack
///
/// Run again after it was interrupted, it goes on where it was.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    pub(super) options: Options,

    #[command(flatten)]
    pub(super) allowed: Allowed,

    /// Keep what succeeds where something fails; the next apply goes on from there
    #[arg(long)]
    pub(super) no_rollback: bool,

    /// Print JSON: the stack, whether it was changed, and what a person is told once
    #[arg(long)]
    pub(super) json: bool,

    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,
}

/// Applies.
///
/// # Errors
/// Where a gate refuses (exit 3), or the stack fails (exit 1, with the first cause).
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let manifest = Manifest::read(&args.options.package)?;
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::of("apply");
    let apply = Apply {
        client,
        journal: &journal,
        args,
        manifest: &manifest,
    };
    let done = Box::pin(guarded(client, &journal, async {
        let done = apply.run().await?;
        journal.did(format!("{} is up to date", clients.target.stack));
        if clients.target.is_local() {
            if done.changed {
                note(&"closing what the local engine leaves open");
            }
            Box::pin(local::close_gaps(&clients)).await?;
        } else if !done.protected {
            client.protect(&clients.target.stack, true).await?;
        }
        Ok(done)
    }))
    .await?;
    let stack = &clients.target.stack;
    let seconds = started.elapsed().as_secs_f64();
    if done.changed {
        note(&format_args!("{stack} is up to date ({seconds:.1} s)"));
    } else {
        note(&format_args!("{stack}: nothing to change ({seconds:.1} s)"));
    }
    if args.json {
        print(&json!({
            "stack": stack, "changed": done.changed, "updated": done.updated, "announcement": done.announcement,
        }))?;
    } else if let Some(announcement) = done.announcement {
        print(&announcement)?;
    }
    Ok(Exit::Done)
}
