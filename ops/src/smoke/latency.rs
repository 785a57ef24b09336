//! How long clients waited, operation by operation, and whether that is within the budget.
//!
//! A budget is a JSON object: `{"GET /profile": {"p50Ms": 1000, "p95Ms": 5000}, …}`. The committed
//! one leaves room for cold starts and a real model; a team measures its own and passes `--budget`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use contract::Failure;
use serde::{Deserialize, Serialize};

/// The budget where none is given.
const COMMITTED: &str = include_str!("budget.json");

/// With fewer samples than this a percentile says nothing, and is not held against the budget.
const ENOUGH: usize = 5;

/// What an operation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowed {
    /// Milliseconds that half of the calls may take.
    pub p50_ms: u64,
    /// Milliseconds that 95 of 100 calls may take.
    pub p95_ms: u64,
}

/// What each operation may take.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Budget(BTreeMap<String, Allowed>);

impl Budget {
    /// The budget of a file, or the committed one.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no budget.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let (name, text) = match path {
            None => ("the committed budget".to_owned(), COMMITTED.to_owned()),
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path);
                (
                    name.clone(),
                    text.with_context(|| format!("cannot read {name}"))?,
                )
            }
        };
        let budget = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!("{name} is no budget"))
                .because(error)
                .hint(r#"like {"GET /profile": {"p50Ms": 200, "p95Ms": 900}}"#)
        });
        Ok(budget?)
    }
}

/// What was measured of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// E.g. `GET /profile`.
    pub operation: String,
    /// Calls that succeeded.
    pub samples: usize,
    /// Milliseconds that half of them did not exceed.
    pub p50_ms: u64,
    /// Milliseconds that 95 of 100 did not exceed.
    pub p95_ms: u64,
    /// Milliseconds that 99 of 100 did not exceed.
    pub p99_ms: u64,
    /// `within`, `over`, or `not judged` (too few samples, or no budget).
    pub budget: &'static str,
}

/// Percentiles of every operation, held against the budget.
pub fn measured(samples: &BTreeMap<String, Vec<Duration>>, budget: &Budget) -> Vec<Measured> {
    samples
        .iter()
        .map(|(operation, times)| {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let [p50_ms, p95_ms, p99_ms] = [50, 95, 99].map(|percent| at(&sorted, percent));
            let allowed = budget.0.get(operation).filter(|_| times.len() >= ENOUGH);
            let verdict = match allowed {
                None => "not judged",
                Some(allowed) if p50_ms > allowed.p50_ms || p95_ms > allowed.p95_ms => "over",
                Some(_) => "within",
            };
            Measured {
                operation: operation.clone(),
                samples: times.len(),
                p50_ms,
                p95_ms,
                p99_ms,
                budget: verdict,
            }
        })
        .collect()
}

/// The milliseconds that `percent` of the sorted times do not exceed.
fn at(sorted: &[Duration], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    let time = sorted.get(rank).copied().unwrap_or_default();
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(millis: &[u64]) -> BTreeMap<String, Vec<Duration>> {
        let times = millis.iter().copied().map(Duration::from_millis).collect();
        BTreeMap::from([("GET /profile".to_owned(), times)])
    }

    fn budget(p50_ms: u64, p95_ms: u64) -> Budget {
        let allowed = Allowed { p50_ms, p95_ms };
        Budget(BTreeMap::from([("GET /profile".to_owned(), allowed)]))
    }

    #[test]
    fn percentiles_are_held_against_the_budget() {
        let times = samples(&[10, 20, 30, 40, 900]);
        let measured = |budget| measured(&times, &budget).remove(0);
        assert_eq!(measured(budget(30, 900)).budget, "within");
        assert_eq!(measured(budget(29, 900)).budget, "over");
        assert_eq!(measured(budget(30, 899)).budget, "over");
        let of = measured(budget(30, 900));
        assert_eq!((of.p50_ms, of.p95_ms, of.p99_ms), (30, 900, 900));
    }

    #[test]
    fn few_samples_are_not_judged() {
        let measured = measured(&samples(&[5000, 5000]), &budget(1, 1));
        assert_eq!(measured[0].budget, "not judged");
    }

    #[test]
    fn the_committed_budget_reads_and_another_must_too() {
        let committed = Budget::read(None).unwrap();
        assert!(committed.0.contains_key("GET /profile"));
        assert!(Budget::read(Some(Path::new("/nowhere"))).is_err());
        let typo = r#"{"GET /profile": {"p50Ms": 1, "p95": 2}}"#;
        assert!(serde_json::from_str::<Budget>(typo).is_err());
    }
}
