//! `provision doctor`: what would stop a deployment, before one begins.

use contract::Exit;
use deploy_target::TargetArgs;

use crate::apply::options::Options;
use crate::clients::Clients;
use crate::doctor::examine;
use crate::output::{note, print};

/// Look at everything a deployment needs; exit 3 when something would stop it
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    options: Options,

    /// Stop on warnings too
    #[arg(long)]
    strict: bool,

    /// Show only what is not well, on stderr (as before a deployment)
    #[arg(long, conflicts_with = "json")]
    brief: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Examines the target.
///
/// # Errors
/// Where the target cannot be decided. What services refuse is a finding.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let report = Box::pin(examine(&clients, &args.options)).await;
    if args.json {
        print(&report.json())?;
    } else if args.brief {
        note(&report.brief());
    } else {
        print(&report)?;
    }
    Ok(if report.is_healthy(args.strict) {
        Exit::Done
    } else {
        Exit::Refused
    })
}
