//! `ops smoke`: every requirement that the target can show.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use contract::requirements::REQUIREMENTS;
use contract::{Exit, Failure, outputs};
use deploy_target::{TargetArgs, connect};

use crate::clients::Clients;
use crate::output;
use crate::progress::Progress;
use crate::smoke::latency::{Budget, measured};
use crate::smoke::report::Report;
use crate::smoke::runner::{self, Checked, Plan, Verdict};
use crate::smoke::{CHECKS, Check, Ctx, formats, skips};
use crate::stack::Stack;

/// Show every requirement that the target can show
///
/// Works on supporters of its own, which it removes again. Each check says what it read back;
/// exit code 1 when one fails or could not be made, or when an operation is slower than its budget.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    cargo ops smoke --local\n  \
    cargo ops smoke --local --only REST-7 --load\n  \
    cargo ops smoke --region us-west-2 --repeat 5 --junit smoke.xml --markdown > smoke.md")]
pub struct Args {
    /// Only the checks of this requirement, e.g. REST-1 (may be repeated)
    #[arg(long, value_name = "ID")]
    only: Vec<String>,

    /// Run each check this often; one failure fails it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    repeat: u32,

    /// Also run checks that wait for something slow (up to two minutes)
    #[arg(long)]
    slow: bool,

    /// Also run slow checks and bursts, which spend some of the clients' daily quota
    #[arg(long)]
    load: bool,

    /// Hold latencies against this budget instead of the committed one
    #[arg(long, value_name = "FILE")]
    budget: Option<PathBuf>,

    /// Longest time for one check, in seconds
    #[arg(long, value_name = "S", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,

    /// Write the results as `JUnit` XML as well
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Print the results as Markdown
    #[arg(long, conflicts_with = "json")]
    markdown: bool,

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
    let budget = Budget::read(args.budget.as_deref())?;
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
    let plan = Plan {
        timeout: Duration::from_secs(args.timeout),
        repeat: args.repeat,
        slow: args.slow,
        load: args.load,
    };
    let (mut checked, cleaned) = run_and_clean(&ctx, &checks, plan).await?;
    checked.extend(without_checks(&ctx, &args.only));
    checked.sort_by_key(|checked| REQUIREMENTS.iter().position(|(id, _)| *id == checked.id));
    let latencies = measured(&ctx.latencies(), &budget);
    let report = Report::new(&ctx.stack.name, &ctx.target.flags(), checked, latencies);
    if let Some(path) = &args.junit {
        formats::write_junit(&report, path)?;
    }
    if args.json {
        output::json(&report)?;
    } else if args.markdown {
        output::data(&formats::markdown(&report))?;
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
    plan: Plan,
) -> Result<(Vec<Checked>, Result<(), Failure>), Failure> {
    let checked = tokio::select! {
        checked = run_checks(ctx, checks, plan) => Ok(checked),
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

async fn run_checks(ctx: &Ctx, checks: &[Check], plan: Plan) -> Vec<Checked> {
    let progress = Progress::new("checks", checks.len() as u64);
    let checked = runner::run(ctx, checks, plan, |_| progress.advance(1)).await;
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
            runs: 0,
            failures: 0,
        })
        .collect()
}
