//! Runs checks: several at once, each with a time limit and its time taken.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};

use super::check::{Check, Finding, When};
use super::ctx::Ctx;
use super::skips::{self, Kind};

/// Checks under way at once: enough that waiting overlaps, far below the rate limit.
const CONCURRENT: usize = 8;

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What it read back.
    Passed(String),
    /// What is wrong.
    Failed(String),
    /// Why who checks could not see it.
    Unchecked(String),
    /// Why it was not run.
    Skipped(String),
}

/// A check with what came of it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The requirement.
    pub id: &'static str,
    /// The check; empty for a requirement without any.
    pub name: &'static str,
    /// What came of it; of several runs, the first failure.
    pub verdict: Verdict,
    /// Time taken; of several runs, the longest.
    pub took: Duration,
    /// How often it was run.
    pub runs: u32,
    /// How many of the runs failed.
    pub failures: u32,
}

/// How checks are run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The longest time for one check.
    pub timeout: Duration,
    /// How often each is run.
    pub repeat: u32,
    /// Whether slow checks are run.
    pub slow: bool,
    /// Whether checks that spend the daily quota are run.
    pub load: bool,
}

impl Plan {
    /// Why `check` is not run, if so: it cannot be shown on this kind of target, or was not asked
    /// for.
    pub fn reason(&self, check: &Check, kind: Kind) -> Option<&'static str> {
        let asked = match check.when {
            When::Always => true,
            When::Slow => self.slow || self.load,
            When::Load => self.load,
        };
        skips::reason(check, kind).or_else(|| (!asked).then(|| check.when.reason()))
    }
}

/// Runs `checks` and gives them back in their order; calls `done` after each. Those that load the
/// platform come last, one at a time: their throttling would fail the others.
pub async fn run(ctx: &Ctx, checks: &[Check], plan: Plan, done: impl Fn(&Checked)) -> Vec<Checked> {
    let numbered = || checks.iter().enumerate();
    let of = async |when: fn(When) -> bool, at_once: usize| -> Vec<(usize, Checked)> {
        stream::iter(numbered().filter(|(_, check)| when(check.when)))
            .map(|(index, check)| async move { (index, repeated(ctx, check, plan).await) })
            .buffer_unordered(at_once)
            .inspect(|(_, checked)| done(checked))
            .collect()
            .await
    };
    let mut checked = of(|when| when != When::Load, CONCURRENT).await;
    checked.extend(of(|when| when == When::Load, 1).await);
    checked.sort_by_key(|(index, _)| *index);
    checked.into_iter().map(|(_, checked)| checked).collect()
}

/// The kind of target that a run is on.
pub fn kind_of(ctx: &Ctx) -> Kind {
    if ctx.target.is_local() {
        Kind::Local
    } else {
        Kind::Aws
    }
}

async fn repeated(ctx: &Ctx, check: &Check, plan: Plan) -> Checked {
    let mut all = run_one(ctx, check, plan).await;
    if matches!(all.verdict, Verdict::Skipped(_)) {
        return all;
    }
    for _ in 1..plan.repeat {
        let again = run_one(ctx, check, plan).await;
        if all.failures == 0 {
            all.verdict = again.verdict;
        }
        all.failures += again.failures;
        all.runs += 1;
        all.took = all.took.max(again.took);
    }
    all
}

async fn run_one(ctx: &Ctx, check: &Check, plan: Plan) -> Checked {
    let start = Instant::now();
    let timeout = plan.timeout;
    let verdict = match plan.reason(check, kind_of(ctx)) {
        Some(reason) => Verdict::Skipped(reason.to_owned()),
        None => match tokio::time::timeout(timeout, (check.run)(ctx)).await {
            Ok(Ok(evidence)) => Verdict::Passed(ctx.redact(&evidence.to_string())),
            Ok(Err(finding)) if finding.is_callers() => {
                Verdict::Unchecked(ctx.redact(&finding.to_string()))
            }
            Ok(Err(finding)) => Verdict::Failed(ctx.redact(&finding.to_string())),
            Err(_) => Verdict::Failed(late(timeout).to_string()),
        },
    };
    Checked {
        id: check.id,
        name: check.name,
        took: start.elapsed(),
        runs: 1,
        failures: u32::from(matches!(
            verdict,
            Verdict::Failed(_) | Verdict::Unchecked(_)
        )),
        verdict,
    }
}

fn late(timeout: Duration) -> Finding {
    Finding::new(format!("no result within {} s", timeout.as_secs()))
}
