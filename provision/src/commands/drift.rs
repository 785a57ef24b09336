//! `provision drift`: whether what lives is still what was deployed, and the way back.

use anyhow::Context;
use contract::Exit;
use deploy_target::{TargetArgs, confirm};
use futures::try_join;

use crate::apply::change_set;
use crate::apply::client::Client;
use crate::apply::interrupt::{Journal, guarded};
use crate::clients::Clients;
use crate::drift::{self, Report};
use crate::output::{note, print};
use crate::platform::Platform;
use crate::verify;

/// Compare what lives with what was deployed, twice over; exit 4 when something differs
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Bring it back, through a change set that reverts drift (AWS only)
    #[arg(long)]
    repair: bool,

    /// Do not ask
    #[arg(long, requires = "repair")]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Compares, and repairs where asked to.
///
/// # Errors
/// Where something cannot be read, or a repair is refused or fails.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let report = report(&clients).await?;
    show(args, &report)?;
    if !report.differs() {
        return Ok(Exit::Done);
    }
    if !args.repair {
        return Ok(Exit::Differs);
    }
    let repaired = Box::pin(repair(&clients, args)).await?;
    if !repaired {
        note(&"CloudFormation finds nothing that it could bring back");
        return Ok(Exit::Differs);
    }
    let report = self::report(&clients).await?;
    show(args, &report)?;
    Ok(if report.differs() {
        Exit::Differs
    } else {
        Exit::Done
    })
}

async fn report(clients: &Clients) -> anyhow::Result<Report> {
    // First, so that a stack that is not there is told once.
    Platform::read(clients).await?;
    let (detection, verify) = try_join!(
        async { Ok::<_, anyhow::Error>(drift::detect(clients).await?) },
        Box::pin(verify::verify_deployed(clients)),
    )?;
    Ok(Report { detection, verify })
}

fn show(args: &Args, report: &Report) -> anyhow::Result<()> {
    if args.json {
        print(&report.json())
    } else {
        print(report)
    }
}

/// Returns whether anything was changed.
async fn repair(clients: &Clients, args: &Args) -> anyhow::Result<bool> {
    let client = Client::new(clients);
    let journal = Journal::of("drift --repair");
    guarded(client, &journal, async {
        let stack = Platform::read(clients).await?.stack;
        let Some(repair) = drift::repair(client, &journal, &stack).await? else {
            return Ok(false);
        };
        note(&repair.proposal.plan.listing());
        let (name, yes) = (&clients.target.stack, args.yes);
        let question = format!("Bring {name} back to what was deployed?");
        let asked = tokio::task::spawn_blocking(move || confirm(&question, yes)).await;
        if let Err(refusal) = asked.context("the question was cut short")? {
            change_set::discard(client, name, &repair.name, false).await?;
            return Err(refusal.into());
        }
        change_set::execute(client, &journal, &repair.proposal, false).await?;
        Ok(true)
    })
    .await
}
