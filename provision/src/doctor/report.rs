//! The report of all looks.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::finding::{Finding, Severity};

/// What this target cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// What was not looked at.
    pub look: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// All looks at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The stack that shall be deployed.
    pub stack: String,
    /// What was found, in the order of looking.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub skipped: Vec<Skip>,
}

impl Report {
    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        let has = |finding: &&Finding| finding.severity == severity;
        self.findings.iter().filter(has).count()
    }

    /// Whether a deployment may go on: no error and, where it is `strict`, no warning.
    pub fn is_healthy(&self, strict: bool) -> bool {
        let worst = self.findings.iter().map(|finding| finding.severity).max();
        match worst {
            Some(Severity::Error) => false,
            Some(Severity::Warning) => !strict,
            _ => true,
        }
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        json!({
            "stack": self.stack,
            "errors": self.count(Severity::Error),
            "warnings": self.count(Severity::Warning),
            "findings": self.findings,
            "skipped": self.skipped,
        })
    }

    /// Without what is well: what a deployment shows.
    pub fn brief(&self) -> String {
        let bad = |finding: &&Finding| finding.severity != Severity::Ok;
        let findings = self.findings.iter().filter(bad).cloned().collect();
        let brief = Self {
            findings,
            skipped: Vec::new(),
            stack: String::new(),
        };
        format!("{}{}", brief.lines(), self.summary())
    }

    fn lines(&self) -> String {
        let findings = self.findings.iter().map(|finding| {
            let Finding {
                severity,
                look,
                found,
                cause,
                next,
            } = finding;
            let line = format!("{:8} {look:14} {found}\n", severity.word());
            let more = [("cause: ", cause), ("next:  ", next)];
            let more = more.map(|(word, text)| {
                let line = |text: &String| format!("{:23} {word}{text}\n", "");
                text.as_ref().map(line).unwrap_or_default()
            });
            format!("{line}{}", more.concat())
        });
        let skip = |skip: &Skip| format!("{:8} {:14} {}\n", "skipped", skip.look, skip.reason);
        findings.chain(self.skipped.iter().map(skip)).collect()
    }

    fn summary(&self) -> String {
        let skipped = match self.skipped.len() {
            0 => String::new(),
            count => format!(", {count} skipped"),
        };
        format!(
            "{}: {} looked at, {}, {}{skipped}",
            self.stack,
            self.findings.len(),
            counted(self.count(Severity::Error), "error"),
            counted(self.count(Severity::Warning), "warning"),
        )
    }
}

/// `1 error`, `2 errors`
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// A line a look with cause and next command, a line a skip, and the count.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.lines(), self.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            stack: "Blue".into(),
            findings: vec![
                Finding::ok("account", "111122223333"),
                Finding::warning("runtime", "provided.al2023 ends on 2029-06-30")
                    .because("after that it gets no security updates")
                    .next("git pull"),
                Finding::error("model", "Bedrock knows no us.anthropic.claud")
                    .because("ResourceNotFoundException")
                    .next("name one that lives: --model-id"),
            ],
            skipped: vec![Skip {
                look: "quotas",
                reason: "the local engine has none",
            }],
        }
    }

    #[test]
    fn a_report_reads_with_cause_and_next_command() {
        insta::assert_snapshot!(report(), @r"
        ok       account        111122223333
        warning  runtime        provided.al2023 ends on 2029-06-30
                                cause: after that it gets no security updates
                                next:  git pull
        error    model          Bedrock knows no us.anthropic.claud
                                cause: ResourceNotFoundException
                                next:  name one that lives: --model-id
        skipped  quotas         the local engine has none
        Blue: 3 looked at, 1 error, 1 warning, 1 skipped
        ");
        let brief = report().brief();
        assert!(
            !brief.contains("account") && brief.contains("next:"),
            "{brief}"
        );
    }

    #[test]
    fn the_json_has_these_keys() {
        let mut report = report();
        report.findings.truncate(1);
        insta::assert_snapshot!(report.json(), @r#"{"stack":"Blue","errors":0,"warnings":0,"findings":[{"severity":"ok","look":"account","found":"111122223333","cause":null,"next":null}],"skipped":[{"look":"quotas","reason":"the local engine has none"}]}"#);
    }

    #[test]
    fn errors_stop_always_and_warnings_only_where_it_is_strict() {
        let mut report = report();
        assert!(!report.is_healthy(false));
        report.findings.pop();
        assert!(report.is_healthy(false) && !report.is_healthy(true));
        report.findings.pop();
        assert!(report.is_healthy(true));
    }
}
