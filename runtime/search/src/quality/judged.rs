//! The judged set: queries, and which pieces should answer them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A query and its judgements.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// What is asked.
    pub query: String,
    /// From 1 (touches on it) to 3 (is what was looked for) by id; none where nothing should be
    /// found.
    pub grades: BTreeMap<String, u8>,
}

impl Judged {
    /// The ids with the highest grade.
    pub fn best(&self) -> impl Iterator<Item = &str> {
        let highest = self.grades.values().max().copied().unwrap_or(0);
        self.grades
            .iter()
            .filter(move |(_, grade)| **grade == highest)
            .map(|(id, _)| id.as_str())
    }
}

/// Queries by group.
pub type JudgedSet = BTreeMap<String, Vec<Judged>>;

/// Reads `yaml`.
///
/// # Errors
/// Where it does not have the shape of a judged set, with line and column.
pub fn read_judged(yaml: &str) -> Result<JudgedSet, serde_yaml::Error> {
    serde_yaml::from_str(yaml)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_those_of_the_highest_grade() {
        let set = read_judged("g:\n  - query: q\n    grades: {a: 2, b: 1, c: 2}\n").unwrap();
        assert_eq!(set["g"][0].best().collect::<Vec<_>>(), ["a", "c"]);
        let none = read_judged("g:\n  - query: q\n    grades: {}\n").unwrap();
        assert_eq!(none["g"][0].best().count(), 0);
        assert!(read_judged("g:\n  - query: q\n    grade: {}\n").is_err());
    }
}
