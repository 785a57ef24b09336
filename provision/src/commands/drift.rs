//! `provision drift`: whether what lives is still what was deployed, and the way back.

use anyhow::Context;
use contract::Exit;
use deploy_target::{TargetArgs, confirm};
use futures::try_join;

use crate::apply::client::Client;
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::{change_set, running};
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
    let client = Client::new(&clients);
    let journal = Journal::of(if args.repair {
        "drift --repair"
    } else {
        "drift"
    });
    let work = compare(&clients, &journal, args);
    Box::pin(guarded(client, &journal, work)).await
}

async fn compare(clients: &Clients, journal: &Journal, args: &Args) -> anyhow::Result<Exit> {
    if args.repair {
        running::settle(Client::new(clients), journal, &clients.target.stack).await?;
    }
    let report = report(clients).await?;
    if !args.repair || !report.differs() {
        return end(args, clients, &report);
    }
    // A person reads what differs before the question; a script, one document at the end.
    if !args.json {
        print(&report)?;
    }
    let repaired = match Box::pin(repair(clients, journal, args)).await {
        Ok(repaired) => repaired,
        Err(error) => {
            if args.json {
                print(&report.json())?;
            }
            return Err(error);
        }
    };
    if repaired {
        return end(args, clients, &self::report(clients).await?);
    }
    note(&"CloudFormation finds nothing that it could bring back");
    if args.json {
        return end(args, clients, &report);
    }
    Ok(exit(clients, &report, true))
}

/// Prints a report, and ends with it.
fn end(args: &Args, clients: &Clients, report: &Report) -> anyhow::Result<Exit> {
    if args.json {
        print(&report.json())?;
    } else {
        print(report)?;
    }
    Ok(exit(clients, report, args.repair))
}

fn exit(clients: &Clients, report: &Report, tried: bool) -> Exit {
    if !report.differs() {
        return Exit::Done;
    }
    for way in drift::ways_back(&clients.target, report, tried) {
        note(&way);
    }
    Exit::Differs
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

/// Returns whether anything was changed.
async fn repair(clients: &Clients, journal: &Journal, args: &Args) -> anyhow::Result<bool> {
    let client = Client::new(clients);
    let stack = Platform::read(clients).await?.stack;
    let Some(repair) = drift::repair(client, journal, &stack).await? else {
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
    change_set::execute(client, journal, &repair.proposal, false).await?;
    Ok(true)
}
