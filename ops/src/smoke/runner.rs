//! Runs checks: several at once, each with a time limit and its time taken.

use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt};

use super::check::{Check, Finding};
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
    /// What came of it.
    pub verdict: Verdict,
    /// Time taken.
    pub took: Duration,
}

/// Runs `checks` and gives them back in their order; calls `done` after each.
pub async fn run(
    ctx: &Ctx,
    checks: &[Check],
    timeout: Duration,
    done: impl Fn(&Checked),
) -> Vec<Checked> {
    let numbered = stream::iter(checks.iter().enumerate());
    let mut checked: Vec<(usize, Checked)> = numbered
        .map(|(index, check)| async move { (index, run_one(ctx, check, timeout).await) })
        .buffer_unordered(CONCURRENT)
        .inspect(|(_, checked)| done(checked))
        .collect()
        .await;
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

async fn run_one(ctx: &Ctx, check: &Check, timeout: Duration) -> Checked {
    let start = Instant::now();
    let verdict = match skips::reason(check, kind_of(ctx)) {
        Some(reason) => Verdict::Skipped(reason.to_owned()),
        None => match tokio::time::timeout(timeout, (check.run)(ctx)).await {
            Ok(Ok(evidence)) => Verdict::Passed(ctx.redact(&evidence.to_string())),
            Ok(Err(finding)) => Verdict::Failed(ctx.redact(&finding.to_string())),
            Err(_) => Verdict::Failed(late(timeout).to_string()),
        },
    };
    Checked {
        id: check.id,
        name: check.name,
        verdict,
        took: start.elapsed(),
    }
}

fn late(timeout: Duration) -> Finding {
    Finding::new(format!("no result within {} s", timeout.as_secs()))
}
