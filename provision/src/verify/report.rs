//! What was compared, and what differs.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The requirement that asks for it.
    pub requirement: &'static str,
    /// The resource, by its name in the account.
    pub resource: String,
    /// What of it.
    pub what: String,
    /// What the contract says.
    pub expected: String,
    /// What lives.
    pub live: String,
}

impl Check {
    /// Whether what lives is not what the contract says.
    pub fn differs(&self) -> bool {
        self.expected != self.live
    }
}

/// Comparisons of one resource under way.
pub struct Comparisons {
    resource: String,
    checks: Vec<Check>,
}

impl Comparisons {
    /// Of the resource with this name.
    pub fn of(resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            checks: Vec::new(),
        }
    }

    /// Compares two values as they read.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "most values are numbers and literals"
    )]
    pub fn add(
        &mut self,
        requirement: &'static str,
        what: impl Into<String>,
        expected: impl ToString,
        live: impl ToString,
    ) {
        self.checks.push(Check {
            requirement,
            resource: self.resource.clone(),
            what: what.into(),
            expected: expected.to_string(),
            live: live.to_string(),
        });
    }

    /// Compares whether there is such a resource at all, and gives it back.
    pub fn exists<'a, T>(
        &mut self,
        requirement: &'static str,
        live: Option<&'a T>,
    ) -> Option<&'a T> {
        let there = if live.is_some() { "there" } else { "missing" };
        self.add(requirement, "existence", "there", there);
        live
    }

    /// All of them.
    pub fn done(self) -> Vec<Check> {
        self.checks
    }
}

/// What this target cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// The requirement that asks for it.
    pub requirement: &'static str,
    /// What is not compared.
    pub what: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The result of a verification.
#[derive(Clone, Debug)]
pub struct Report {
    /// The stack.
    pub stack: String,
    /// Every comparison.
    pub checks: Vec<Check>,
    /// What was not compared.
    pub skipped: Vec<Skip>,
}

impl Report {
    /// The comparisons that differ.
    pub fn findings(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.differs())
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        let findings: Vec<&Check> = self.findings().collect();
        json!({
            "stack": self.stack,
            "ok": findings.is_empty(),
            "checked": self.checks.len(),
            "findings": findings,
            "skipped": self.skipped,
        })
    }
}

/// A line a finding, a line a skip, and the count.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut differ = 0;
        for Check {
            requirement,
            resource,
            what,
            expected,
            live,
        } in self.findings()
        {
            differ += 1;
            writeln!(f, "{requirement:7} {resource}: {what}")?;
            writeln!(f, "        expected {}", shown(expected))?;
            writeln!(f, "        live     {}", shown(live))?;
        }
        for Skip {
            requirement,
            what,
            reason,
        } in &self.skipped
        {
            writeln!(f, "{requirement:7} skipped: {what} ({reason})")?;
        }
        write!(
            f,
            "{}: {} compared, {differ} differ, {} skipped",
            self.stack,
            self.checks.len(),
            self.skipped.len()
        )
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "(nothing)" } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut function = Comparisons::of("Blue-get-profile");
        function.add("FN-1", "memory (MB)", 512, 256);
        function.add("FN-1", "timeout (s)", 30, 30);
        let mut table = Comparisons::of("Blue-Users");
        table.exists::<()>("DB-1", None);
        Report {
            stack: "Blue".into(),
            checks: [function.done(), table.done()].concat(),
            skipped: vec![Skip {
                requirement: "DB-7",
                what: "the period",
                reason: "not told",
            }],
        }
    }

    #[test]
    fn findings_read_with_both_values() {
        insta::assert_snapshot!(report(), @r"
        FN-1    Blue-get-profile: memory (MB)
                expected 512
                live     256
        DB-1    Blue-Users: existence
                expected there
                live     missing
        DB-7    skipped: the period (not told)
        Blue: 3 compared, 2 differ, 1 skipped
        ");
    }

    #[test]
    fn the_json_has_these_keys() {
        let mut report = report();
        report.checks.truncate(1);
        insta::assert_snapshot!(report.json(), @r#"{"stack":"Blue","ok":false,"checked":1,"findings":[{"requirement":"FN-1","resource":"Blue-get-profile","what":"memory (MB)","expected":"512","live":"256"}],"skipped":[{"requirement":"DB-7","what":"the period","reason":"not told"}]}"#);
    }
}
