//! `ops smoke`: every requirement that the target can show.

use std::time::Duration;

use anyhow::Context as _;
use contract::requirements::REQUIREMENTS;
use contract::{Exit, Failure, outputs};
use deploy_target::{TargetArgs, connect};

use crate::clients::Clients;
use crate::output;
use crate::progress::Progress;
use crate::smoke::report::Report;
use crate::smoke::runner::{self, Checked, Verdict};
use crate::smoke::{CHECKS, Check, Ctx, skips};
use crate::stack::Stack;

/// Show every requirement that the target can show
///
/// Works on supporters of its own, which it removes again. Each check says what it read back;
/// exit code 1 when one fails.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only the checks of this requirement, e.g. REST-1 (may be repeated)
    #[arg(long, value_name = "ID")]
    only: Vec<String>,

    /// Longest time for one check, in seconds
    #[arg(long, value_name = "S", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,

    /// Print the results as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where there is no stack to look at, or what the checks wrote cannot be removed.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    check_ids(&args.only)?;
    let target = target.resolve()?;
    let clients = Clients::new(&connect(&target).await);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    // A stack that never came up has nothing to show: one error says more than sixty findings.
    stack.output(outputs::PREFIX)?;
    let ctx = Ctx::new(target, clients, stack, http()?);
    let checks: Vec<Check> = CHECKS
        .iter()
        .filter(|check| is_chosen(&args.only, check.id))
        .copied()
        .collect();
    let (mut checked, cleaned) = run_and_clean(&ctx, &checks, args.timeout).await?;
    checked.extend(without_checks(&ctx, &args.only));
    checked.sort_by_key(|checked| REQUIREMENTS.iter().position(|(id, _)| *id == checked.id));
    let report = Report::new(&ctx.stack.name, &ctx.target.flags(), checked);
    if args.json {
        output::json(&report)?;
    } else {
        output::data(&report.text())?;
    }
    cleaned?;
    Ok(report.exit())
}

fn check_ids(only: &[String]) -> Result<(), Failure> {
    match only
        .iter()
        .find(|id| REQUIREMENTS.iter().all(|(known, _)| known != id))
    {
        None => Ok(()),
        Some(unknown) => {
            let ids: Vec<&str> = REQUIREMENTS.iter().map(|(id, _)| *id).collect();
            Err(
                Failure::usage(format!("there is no requirement `{unknown}`"))
                    .hint(format!("one of: {}", ids.join(", "))),
            )
        }
    }
}

fn is_chosen(only: &[String], id: &str) -> bool {
    only.is_empty() || only.iter().any(|chosen| chosen == id)
}

/// The HTTP client; the one TLS provider of the process is set first, for WebSocket too.
fn http() -> anyhow::Result<reqwest::Client> {
    // Fails only where it was set before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .build()
        .context("cannot make an HTTP client")
}

/// What came of the checks, and of removing what they wrote: nothing of ours stays behind,
/// whatever happened.
async fn run_and_clean(
    ctx: &Ctx,
    checks: &[Check],
    timeout_seconds: u64,
) -> Result<(Vec<Checked>, Result<(), Failure>), Failure> {
    let checked = tokio::select! {
        checked = run_checks(ctx, checks, Duration::from_secs(timeout_seconds)) => Ok(checked),
        _ = tokio::signal::ctrl_c() => {
            Err(Failure::new("interrupted; what the checks wrote is removed again"))
        }
    };
    let cleaned = ctx.clean_up().await.map_err(|finding| {
        Failure::new("the checks' own supporters could not be removed").because(finding.to_string())
    });
    match checked {
        Ok(checked) => Ok((checked, cleaned)),
        Err(interrupted) => Err(cleaned.err().unwrap_or(interrupted)),
    }
}

async fn run_checks(ctx: &Ctx, checks: &[Check], timeout: Duration) -> Vec<Checked> {
    let progress = Progress::new("checks", checks.len() as u64);
    let checked = runner::run(ctx, checks, timeout, |_| progress.advance(1)).await;
    progress.finish();
    checked
}

/// Requirements that no check shows, with the listed reason.
fn without_checks(ctx: &Ctx, only: &[String]) -> Vec<Checked> {
    skips::without_checks(runner::kind_of(ctx))
        .filter(|skip| is_chosen(only, skip.id))
        .map(|skip| Checked {
            id: skip.id,
            name: "",
            verdict: Verdict::Skipped(skip.reason.to_owned()),
            took: Duration::ZERO,
        })
        .collect()
}
