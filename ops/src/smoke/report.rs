//! What a run of checks is printed as.

use std::time::Duration;

use comfy_table::{ContentArrangement, Table};
use contract::Exit;
use serde::Serialize;

use super::runner::{Checked, Verdict};
use crate::output;

/// A run of checks on a stack.
#[derive(Debug, Serialize)]
pub struct Report {
    stack: String,
    target: String,
    passed: usize,
    failed: usize,
    skipped: usize,
    checks: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    id: &'static str,
    name: &'static str,
    outcome: &'static str,
    /// Evidence, finding or reason.
    detail: String,
    millis: u64,
}

impl Report {
    /// The report of these checks.
    pub fn new(stack: &str, target: &str, checked: Vec<Checked>) -> Self {
        let checks: Vec<Line> = checked.into_iter().map(Line::from).collect();
        let count = |outcome| checks.iter().filter(|line| line.outcome == outcome).count();
        Self {
            stack: stack.to_owned(),
            target: target.to_owned(),
            passed: count("passed"),
            failed: count("failed"),
            skipped: count("skipped"),
            checks,
        }
    }

    /// 1 when a check failed.
    pub fn exit(&self) -> Exit {
        if self.failed == 0 {
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
            "{table}\n{} passed, {} failed, {} skipped: stack {} ({})",
            self.passed, self.failed, self.skipped, self.stack, self.target
        )
    }
}

impl From<Checked> for Line {
    fn from(checked: Checked) -> Self {
        let (outcome, detail) = match checked.verdict {
            Verdict::Passed(evidence) => ("passed", evidence),
            Verdict::Failed(finding) => ("failed", finding),
            Verdict::Skipped(reason) => ("skipped", reason),
        };
        Self {
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
mod tests {
    use super::*;

    fn report() -> Report {
        let checked = |id, name, verdict, millis| Checked {
            id,
            name,
            verdict,
            took: Duration::from_millis(millis),
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
        Report::new("SupporterEngagementStack", "--local", checked)
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
        1 passed, 1 failed, 1 skipped: stack SupporterEngagementStack (--local)
        ");
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
  "skipped": 1,
  "checks": [
    {
      "id": "REST-1",
      "name": "profile",
      "outcome": "passed",
      "detail": "200: 2 donations",
      "millis": 31
    },
    {
      "id": "REST-7",
      "name": "throttle",
      "outcome": "failed",
      "detail": "burst is 50, not 200",
      "millis": 1250
    },
    {
      "id": "WEB-1",
      "name": "",
      "outcome": "skipped",
      "detail": "not part of this version",
      "millis": 0
    }
  ]
}
"#);
    }

    #[test]
    fn one_failed_check_fails_the_run() {
        assert_eq!(report().exit(), Exit::Failed);
        assert_eq!(Report::new("s", "t", Vec::new()).exit(), Exit::Done);
    }
}
