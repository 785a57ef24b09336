//! Figures: a table for people, JSON for scripts, and the committed last run that both compare with.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::machine::Machine;
use crate::files;
use crate::workspace::Workspace;

/// The committed last run, from the clone's root.
const LAST: &str = "tests/bench/last.json";

/// In the target folder: what was measured just now.
const NOW: &str = "bench.json";

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: String,
    /// What it should not exceed.
    pub most: Option<f64>,
    /// What it should reach.
    #[serde(default)]
    pub least: Option<f64>,
    /// The committed last run's value, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<f64>,
    /// The value against the last run's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ratio: Option<f64>,
}

impl Figure {
    /// A figure without a bound.
    pub fn new(name: impl Into<String>, value: f64, unit: &str) -> Self {
        Self {
            name: name.into(),
            value,
            unit: unit.to_owned(),
            most: None,
            least: None,
            last: None,
            ratio: None,
        }
    }
}

/// One run: where, of what, and what came out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    /// What it ran on.
    pub machine: Machine,
    /// The commit; with `, changed` where the clone differs from it.
    pub commit: String,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Run {
    /// The committed last run; `None` where there is none yet.
    pub fn last(workspace: &Workspace) -> anyhow::Result<Option<Self>> {
        let path = workspace.root.join(LAST);
        let Ok(text) = fs::read_to_string(&path) else {
            return Ok(None);
        };
        let run = serde_json::from_str(&text);
        run.with_context(|| format!("cannot read {}", path.display()))
    }

    /// Notes what the last run has of the same figures.
    pub fn compare(&mut self, last: &Self) {
        for figure in &mut self.figures {
            let same = last.figures.iter().find(|it| it.name == figure.name);
            figure.last = same.map(|same| same.value);
            let before = figure.last.filter(|&before| before > 0.0);
            figure.ratio = before.map(|before| (figure.value / before * 100.0).round() / 100.0);
        }
    }

    /// Writes the run into the target folder.
    pub fn write(&self, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        let path = workspace.target.join(NOW);
        files::write_whole(&path, self.json()?.as_bytes())?;
        Ok(path)
    }

    /// Makes this the committed last run; what it did not measure stays as it was.
    pub fn save(mut self, last: Option<Self>, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        for figure in last.into_iter().flat_map(|last| last.figures) {
            if self.figures.iter().all(|it| it.name != figure.name) {
                self.figures.push(figure);
            }
        }
        for figure in &mut self.figures {
            (figure.last, figure.ratio) = (None, None);
        }
        let path = workspace.root.join(LAST);
        files::write_whole(&path, self.json()?.as_bytes())?;
        Ok(path)
    }

    /// The run as JSON, ended by a newline.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self).context("cannot write JSON")? + "\n")
    }

    /// The run as a person reads it.
    pub fn table(&self) -> String {
        let mut table = format!(
            "{} · {}\n\n{:<58} {:>12} {:>10} {:>9} {:>7}\n",
            self.machine, self.commit, "figure", "value", "bound", "last", "ratio"
        );
        for figure in &self.figures {
            let optional = |value: Option<f64>| value.map_or_else(String::new, number);
            let over = figure.most.is_some_and(|most| figure.value > most);
            let under = figure.least.is_some_and(|least| figure.value < least);
            let bound = match (figure.most, figure.least) {
                (Some(most), _) => format!("<= {}", number(most)),
                (None, Some(least)) => format!(">= {}", number(least)),
                (None, None) => String::new(),
            };
            let _ = writeln!(
                table,
                "{:<58} {:>12} {:>10} {:>9} {:>7}{}",
                figure.name,
                format!("{} {}", number(figure.value), figure.unit),
                bound,
                optional(figure.last),
                optional(figure.ratio),
                match (over, under) {
                    (true, _) => "  over",
                    (false, true) => "  under",
                    (false, false) => "",
                },
            );
        }
        table
    }
}

/// Three figures or so, without a tail of zeros.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    if digits == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: &[(&str, f64)]) -> Run {
        Run {
            machine: Machine {
                cpu: "a processor".into(),
                cores: 2,
                memory_mib: 1024,
                system: "linux x86_64".into(),
            },
            commit: "abc".into(),
            figures: values
                .iter()
                .map(|(name, value)| Figure::new(*name, *value, "ms"))
                .collect(),
        }
    }

    #[test]
    fn a_run_is_compared_with_the_last_by_name() {
        let mut now = run(&[("synth", 12.0), ("new", 1.0)]);
        now.figures[0].most = Some(11.0);
        now.figures[1].least = Some(1.5);
        now.compare(&run(&[("synth", 10.0), ("gone", 3.0)]));
        assert_eq!(
            now.table(),
            "a processor, 2 cores, 1024 MiB, linux x86_64 · abc\n\n\
             figure                                                            value      bound      last   ratio\n\
             synth                                                             12 ms      <= 11        10     1.2  over\n\
             new                                                                1 ms     >= 1.5                    under\n"
        );
    }

    #[test]
    fn the_keys_of_the_json_stay() {
        let mut now = run(&[("synth", 12.0)]);
        now.compare(&run(&[("synth", 10.0)]));
        let value: serde_json::Value = serde_json::from_str(&now.json().unwrap()).unwrap();
        let keys = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&value), ["machine", "commit", "figures"]);
        assert_eq!(
            keys(&value["machine"]),
            ["cpu", "cores", "memoryMib", "system"]
        );
        assert_eq!(
            keys(&value["figures"][0]),
            ["name", "value", "unit", "most", "least", "last", "ratio"]
        );
    }

    #[test]
    fn a_saved_part_keeps_the_rest_of_the_last_run() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace {
            root: dir.path().to_owned(),
            target: dir.path().to_owned(),
            local: dir.path().to_owned(),
        };
        fs::create_dir_all(dir.path().join("tests/bench")).unwrap();
        assert!(Run::last(&workspace).unwrap().is_none());
        let last = run(&[("synth", 10.0), ("search", 3.0)]);
        run(&[("synth", 12.0)])
            .save(Some(last), &workspace)
            .unwrap();
        let saved = Run::last(&workspace).unwrap().unwrap();
        let values: Vec<_> = saved
            .figures
            .iter()
            .map(|it| (it.name.as_str(), it.value))
            .collect();
        assert_eq!(values, [("synth", 12.0), ("search", 3.0)]);
    }
}
