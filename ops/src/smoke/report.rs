//! What a run of checks is printed as.

use std::time::Duration;

use comfy_table::{ContentArrangement, Table};
use contract::Exit;
use serde::Serialize;

use super::latency::Measured;
use super::runner::{Checked, Verdict};
use crate::output;

/// A run of checks on a stack.
#[derive(Debug, Serialize)]
pub struct Report {
    pub(super) stack: String,
    pub(super) target: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) unchecked: usize,
    pub(super) skipped: usize,
    pub(super) checks: Vec<Line>,
    pub(super) latencies: Vec<Measured>,
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) outcome: &'static str,
    /// Evidence, finding or reason.
    pub(super) detail: String,
    pub(super) millis: u64,
    pub(super) runs: u32,
    pub(super) failures: u32,
}

impl Report {
    /// The report of these checks.
    pub fn new(stack: &str, target: &str, checked: Vec<Checked>, latencies: Vec<Measured>) -> Self {
        let checks: Vec<Line> = checked.into_iter().map(Line::from).collect();
        let count = |outcome| checks.iter().filter(|line| line.outcome == outcome).count();
        Self {
            stack: stack.to_owned(),
            target: target.to_owned(),
            passed: count("passed"),
            failed: count("failed"),
            unchecked: count("unchecked"),
            skipped: count("skipped"),
            checks,
            latencies,
        }
    }

    /// 1 when a check failed or could not be made, or an operation was slower than its budget.
    pub fn exit(&self) -> Exit {
        let over = self.latencies.iter().any(|of| of.budget == "over");
        if self.failed == 0 && self.unchecked == 0 && !over {
            Exit::Done
        } else {
            Exit::Failed
        }
    }

    /// As a table and a line of totals.
    pub fn text(&self) -> String {
        let mut table = output::table(["id", "check", "result", "read back", "time"]);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        for line in &self.checks {
            table.add_row([
                line.id,
                line.name,
                line.outcome,
                &line.detail,
                &time(Duration::from_millis(line.millis)),
            ]);
        }
        fit(&mut table);
        format!(
            "{table}\n{}{}: stack {} ({})",
            self.waited(),
            self.totals(),
            self.stack,
            self.target
        )
    }

    /// How many of each outcome; what could not be checked is counted where there is any.
    pub(super) fn totals(&self) -> String {
        let unchecked = match self.unchecked {
            0 => String::new(),
            number => format!(", {number} could not be checked"),
        };
        format!(
            "{} passed, {} failed, {} skipped{unchecked}",
            self.passed, self.failed, self.skipped
        )
    }

    /// How long clients waited, as a table; nothing where nothing was measured.
    fn waited(&self) -> String {
        if self.latencies.is_empty() {
            return String::new();
        }
        let mut table = output::table(["operation", "calls", "p50", "p95", "p99", "budget"]);
        for of in &self.latencies {
            let [p50, p95, p99] = [of.p50_ms, of.p95_ms, of.p99_ms].map(|ms| format!("{ms} ms"));
            let samples = of.samples.to_string();
            table.add_row([&of.operation, &samples, &p50, &p95, &p99, of.budget]);
        }
        format!("{table}\n")
    }
}

impl From<Checked> for Line {
    fn from(checked: Checked) -> Self {
        let (outcome, detail) = match checked.verdict {
            Verdict::Passed(evidence) => ("passed", evidence),
            Verdict::Failed(finding) => ("failed", finding),
            Verdict::Unchecked(cause) => ("unchecked", cause),
            Verdict::Skipped(reason) => ("skipped", reason),
        };
        let detail = if checked.runs > 1 && checked.failures > 0 {
            format!(
                "{} of {} runs failed: {detail}",
                checked.failures, checked.runs
            )
        } else {
            detail
        };
        Self {
            runs: checked.runs,
            failures: checked.failures,
            id: checked.id,
            name: checked.name,
            outcome,
            detail,
            millis: u64::try_from(checked.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Wide enough for a line of evidence, narrow enough for a terminal.
fn fit(table: &mut Table) {
    table.set_width(140);
}

fn time(took: Duration) -> String {
    match took.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn report() -> Report {
        let checked = |id, name, verdict: Verdict, millis| Checked {
            id,
            name,
            took: Duration::from_millis(millis),
            runs: u32::from(!matches!(verdict, Verdict::Skipped(_))),
            failures: u32::from(matches!(verdict, Verdict::Failed(_))),
            verdict,
        };
        let checked = vec![
            checked(
                "REST-1",
                "profile",
                Verdict::Passed("200: 2 donations".into()),
                31,
            ),
            checked(
                "REST-7",
                "throttle",
                Verdict::Failed("burst is 50, not 200".into()),
                1250,
            ),
            checked(
                "WEB-1",
                "",
                Verdict::Skipped("not part of this version".into()),
                0,
            ),
        ];
        let latencies = vec![Measured {
            operation: "GET /profile".into(),
            samples: 12,
            p50_ms: 9,
            p95_ms: 31,
            p99_ms: 31,
            budget: "within",
        }];
        Report::new("SupporterEngagementStack", "--local", checked, latencies)
    }

    #[test]
    fn the_table_says_what_was_read_back_and_the_time() {
        insta::assert_snapshot!(report().text(), @r"
        ┌────────┬──────────┬─────────┬──────────────────────────┬───────┐
        │ id     ┆ check    ┆ result  ┆ read back                ┆ time  │
        ╞════════╪══════════╪═════════╪══════════════════════════╪═══════╡
        │ REST-1 ┆ profile  ┆ passed  ┆ 200: 2 donations         ┆ 31 ms │
        │ REST-7 ┆ throttle ┆ failed  ┆ burst is 50, not 200     ┆ 1.2 s │
        │ WEB-1  ┆          ┆ skipped ┆ not part of this version ┆ 0 ms  │
        └────────┴──────────┴─────────┴──────────────────────────┴───────┘
        ┌──────────────┬───────┬──────┬───────┬───────┬────────┐
        │ operation    ┆ calls ┆ p50  ┆ p95   ┆ p99   ┆ budget │
        ╞══════════════╪═══════╪══════╪═══════╪═══════╪════════╡
        │ GET /profile ┆ 12    ┆ 9 ms ┆ 31 ms ┆ 31 ms ┆ within │
        └──────────────┴───────┴──────┴───────┴───────┴────────┘
        1 passed, 1 failed, 1 skipped: stack SupporterEngagementStack (--local)
        ");
    }

    #[test]
    fn what_could_not_be_checked_is_counted_and_is_no_success() {
        let denied = Checked {
            id: "DB-6",
            name: "encryption",
            verdict: Verdict::Unchecked("cannot describe table `T`: AccessDenied".into()),
            took: Duration::ZERO,
            runs: 1,
            failures: 1,
        };
        let report = Report::new("Blue", "--local", vec![denied], Vec::new());
        assert_eq!(
            report.totals(),
            "0 passed, 0 failed, 0 skipped, 1 could not be checked"
        );
        assert_eq!(report.exit(), Exit::Failed);
    }

    /// Scripts read these keys: renaming one breaks them.
    #[test]
    fn the_json_keys_are_frozen() {
        let json = serde_json::to_string_pretty(&report()).unwrap();
        insta::assert_snapshot!(json, @r#"
{
  "stack": "SupporterEngagementStack",
  "target": "--local",
  "passed": 1,
  "failed": 1,
  "unchecked": 0,
  "skipped": 1,
  "checks": [
    {
      "id": "REST-1",
      "name": "profile",
      "outcome": "passed",
      "detail": "200: 2 donations",
      "millis": 31,
      "runs": 1,
      "failures": 0
    },
    {
      "id": "REST-7",
      "name": "throttle",
      "outcome": "failed",
      "detail": "burst is 50, not 200",
      "millis": 1250,
      "runs": 1,
      "failures": 1
    },
    {
      "id": "WEB-1",
      "name": "",
      "outcome": "skipped",
      "detail": "not part of this version",
      "millis": 0,
      "runs": 0,
      "failures": 0
    }
  ],
  "latencies": [
    {
      "operation": "GET /profile",
      "samples": 12,
      "p50Ms": 9,
      "p95Ms": 31,
      "p99Ms": 31,
      "budget": "within"
    }
  ]
}
"#);
    }

    #[test]
    fn one_failed_check_fails_the_run() {
        assert_eq!(report().exit(), Exit::Failed);
        let empty = || Report::new("s", "t", Vec::new(), Vec::new());
        assert_eq!(empty().exit(), Exit::Done);
        let mut slow = report().latencies;
        slow[0].budget = "over";
        assert_eq!(Report::new("s", "t", Vec::new(), slow).exit(), Exit::Failed);
    }
}
