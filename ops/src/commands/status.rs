//! `ops status`: the running platform on one screen.

use std::io::{self, IsTerminal};
use std::time::Duration;

use contract::Exit;
use deploy_target::{Target, TargetArgs, connect};
use jiff::Timestamp;

use crate::clients::Clients;
use crate::output;
use crate::stack::Stack;
use crate::status::model::Status;
use crate::status::read::{self, Sources};
use crate::status::view;

/// Show the stack, each function, table, API and alarm, and what they did today
///
/// Figures count from midnight UTC. On AWS they are CloudWatch's, some minutes old; on the local
/// platform they are counted from the functions' logs.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Show it again and again, until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// Seconds between, with --watch [default: 30 on AWS, where CloudWatch charges by the figure;
    /// 2 locally]
    #[arg(long, value_name = "S", requires = "watch", value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: Option<u64>,

    /// Exit with 1 where something is wrong
    #[arg(long)]
    exit_code: bool,

    /// Print it as JSON; with --watch a line each time
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where there is no platform, or a service does not answer.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let clients = Clients::new(&connect(&target).await);
    if !args.watch {
        let status = status(&target, &clients).await?;
        if args.json {
            output::json(&status)?;
        } else {
            output::data(&view::screen(&status))?;
        }
        return Ok(exit(args, &status));
    }
    let seconds = args.every.unwrap_or(if target.is_local() { 2 } else { 30 });
    let watching = async {
        loop {
            let status = status(&target, &clients).await?;
            show(&status, args.json)?;
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    };
    tokio::select! {
        ended = watching => ended,
        _ = tokio::signal::ctrl_c() => Ok(Exit::Done),
    }
}

async fn status(target: &Target, clients: &Clients) -> anyhow::Result<Status> {
    let stack = Stack::read(&clients.cloudformation, target).await?;
    let from = Sources {
        target,
        clients,
        stack: &stack,
    };
    Box::pin(read::status(&from, Timestamp::now())).await
}

fn show(status: &Status, json: bool) -> anyhow::Result<()> {
    if json {
        return output::data(&serde_json::to_string(status)?);
    }
    // Over what was there before, where the terminal can.
    let clear = if io::stdout().is_terminal() {
        "\u{1b}[H\u{1b}[2J"
    } else {
        ""
    };
    output::data(&format!(
        "{clear}{}  (at {})",
        view::screen(status),
        status.at
    ))
}

fn exit(args: &Args, status: &Status) -> Exit {
    if args.exit_code && !status.healthy {
        return Exit::Failed;
    }
    Exit::Done
}
