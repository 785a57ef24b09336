//! Both readings in one report.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use crate::verify;

/// A property that is not as the template has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Path within the resource's properties.
    pub property: String,
    /// What the template says; empty where it says nothing.
    pub expected: String,
    /// What lives; empty where nothing does.
    pub live: String,
}

/// A resource that drifted, as CloudFormation sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drifted {
    /// Logical id.
    pub id: String,
    /// Resource type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Name in the account.
    pub name: Option<String>,
    /// `MODIFIED` or `DELETED`.
    pub status: String,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// What CloudFormation's detection says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// Resources that it could compare.
    pub checked: usize,
    /// Resources whose types it cannot compare.
    pub unchecked: usize,
    /// Those that drifted.
    pub drifted: Vec<Drifted>,
    /// Why it could not look at all of them, where it says so.
    pub incomplete: Option<String>,
}

/// Both readings.
pub struct Report {
    /// CloudFormation's.
    pub detection: Detection,
    /// Ours.
    pub verify: verify::Report,
}

impl Report {
    /// Whether either sees a difference.
    pub fn differs(&self) -> bool {
        !self.detection.drifted.is_empty() || self.verify.findings().next().is_some()
    }

    /// For scripts.
    pub fn json(&self) -> Value {
        json!({
            "stack": self.verify.stack,
            "drifted": self.differs(),
            "cloudformation": self.detection,
            "verify": self.verify.json(),
        })
    }
}

/// What CloudFormation sees, what `verify` sees, and the count.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detection {
            checked,
            unchecked,
            drifted,
            incomplete,
        } = &self.detection;
        writeln!(f, "CloudFormation's detection")?;
        for resource in drifted {
            write!(f, "{resource}")?;
        }
        if let Some(reason) = incomplete {
            writeln!(f, "  not all could be looked at: {reason}")?;
        }
        writeln!(
            f,
            "  {checked} compared, {} drifted, {unchecked} of types it cannot compare",
            drifted.len()
        )?;
        writeln!(f, "verify's reading")?;
        for line in self.verify.to_string().lines() {
            writeln!(f, "  {line}")?;
        }
        let stack = &self.verify.stack;
        if self.differs() {
            write!(f, "{stack} has drifted")
        } else {
            write!(f, "{stack} is as it was deployed")
        }
    }
}

impl fmt::Display for Drifted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or_default();
        let status = self.status.to_lowercase();
        writeln!(f, "  {} ({}) {name}: {status}", self.id, self.kind)?;
        for Difference {
            property,
            expected,
            live,
        } in &self.differences
        {
            writeln!(f, "    {property}")?;
            writeln!(f, "      expected {}", shown(expected))?;
            writeln!(f, "      live     {}", shown(live))?;
        }
        Ok(())
    }
}

fn shown(value: &str) -> &str {
    match value {
        "" | "null" => "(nothing)",
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(drifted: Vec<Drifted>) -> Report {
        Report {
            detection: Detection {
                checked: 9,
                unchecked: 2,
                drifted,
                incomplete: None,
            },
            verify: verify::Report {
                stack: "Blue".into(),
                checks: vec![],
                skipped: vec![],
            },
        }
    }

    fn function() -> Drifted {
        Drifted {
            id: "SearchFunction".into(),
            kind: "AWS::Lambda::Function".into(),
            name: Some("Blue-search".into()),
            status: "MODIFIED".into(),
            differences: vec![Difference {
                property: "/MemorySize".into(),
                expected: "512".into(),
                live: "1024".into(),
            }],
        }
    }

    #[test]
    fn both_readings_read_in_one_report() {
        let report = report(vec![function()]);
        assert!(report.differs());
        insta::assert_snapshot!(report, @r"
        CloudFormation's detection
          SearchFunction (AWS::Lambda::Function) Blue-search: modified
            /MemorySize
              expected 512
              live     1024
          9 compared, 1 drifted, 2 of types it cannot compare
        verify's reading
          Blue: 0 compared, 0 differ, 0 skipped
        Blue has drifted
        ");
    }

    #[test]
    fn without_a_difference_nothing_has_drifted() {
        let report = report(vec![]);
        assert!(!report.differs());
        assert!(report.to_string().ends_with("Blue is as it was deployed"));
    }

    #[test]
    fn the_json_has_these_keys() {
        insta::assert_snapshot!(report(vec![function()]).json(), @r#"{"stack":"Blue","drifted":true,"cloudformation":{"checked":9,"unchecked":2,"drifted":[{"id":"SearchFunction","type":"AWS::Lambda::Function","name":"Blue-search","status":"MODIFIED","differences":[{"property":"/MemorySize","expected":"512","live":"1024"}]}],"incomplete":null},"verify":{"stack":"Blue","ok":true,"checked":0,"findings":[],"skipped":[]}}"#);
    }
}
