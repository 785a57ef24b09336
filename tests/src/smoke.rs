//! What `ops smoke` says of a platform.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::platform::Platform;

/// A requirement's id and the name of one of its checks.
pub type Check = (String, String);

/// A report, and how the program ended.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: Option<i32>,
    /// The checks that failed.
    pub failed: BTreeSet<Check>,
    /// The checks that passed.
    pub passed: BTreeSet<Check>,
    /// What each check read back, or what is wrong.
    pub details: BTreeMap<Check, String>,
}

impl Said {
    /// Runs the checks of these requirements; all where none is named.
    ///
    /// # Errors
    /// Where the program is not built or prints no report.
    pub fn by_smoke(platform: &Platform, ids: &[&str]) -> Result<Self> {
        let mut arguments = vec!["smoke", "--json", "--timeout", "90"];
        arguments.extend(ids.iter().flat_map(|id| ["--only", id]));
        let ended = platform.run("ops", &arguments)?;
        let report: Value = serde_json::from_str(&ended.stdout)
            .with_context(|| format!("smoke printed no report: {ended:?}"))?;
        let mut said = Self {
            code: ended.code,
            failed: BTreeSet::new(),
            passed: BTreeSet::new(),
            details: BTreeMap::new(),
        };
        for line in report["checks"].as_array().into_iter().flatten() {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            let check = (text("id"), text("name"));
            match line["outcome"].as_str() {
                Some("failed") => said.failed.insert(check.clone()),
                Some("passed") => said.passed.insert(check.clone()),
                _ => false,
            };
            said.details.insert(check, text("detail"));
        }
        Ok(said)
    }
}
