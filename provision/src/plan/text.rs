//! A plan for a terminal: the gravest first, a line a resource, below it what changes.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde_json::Value;

use super::document::plain;
use super::{Action, Change, Grade, Plan, PropertyChange};

/// Resources that are shown one by one where a stack is made.
const BRIEF: usize = 40;

/// Resources that change alike and are named.
const ALIKE: usize = 3;

/// Characters of a value that are shown.
const VALUE: usize = 100;

/// A platform beside others, then groups by grade, then what `apply` needs, then the summary.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(means) = self.second() {
            writeln!(
                f,
                "{}\n  + {}  {means}",
                Grade::LeavesData.words(),
                self.stack
            )?;
        }
        if self.creates && self.changes.len() > BRIEF {
            f.write_str(&counted(self.changes.iter()))?;
        } else {
            self.groups(f)?;
        }
        if !self.needs().is_empty() {
            writeln!(f, "apply asks for: {}", self.needs().join(" "))?;
        }
        write!(f, "{}: {}", self.stack, self.summary())
    }
}

impl Plan {
    /// A line a resource, with the names of its properties: what CloudFormation says, not graded.
    pub fn listing(&self) -> String {
        let line = |change: &Change| {
            let names: Vec<&str> = change
                .properties
                .iter()
                .map(|part| part.path.as_str())
                .collect();
            format!(
                "  {} {}  {}  {}\n",
                change.action.sign(),
                change.id,
                change.kind,
                names.join(", ")
            )
        };
        let lines: String = self.changes.iter().map(line).collect();
        format!("{lines}{}: {}", self.stack, self.summary())
    }

    fn groups(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for grade in Grade::ALL {
            let group: Vec<&Change> = self
                .changes
                .iter()
                .filter(|change| change.grade == grade)
                .collect();
            if group.is_empty() {
                continue;
            }
            if !self.creates {
                writeln!(f, "{}", grade.words())?;
            }
            let (told, silent): (Vec<&Change>, Vec<&Change>) =
                group.into_iter().partition(|change| says_something(change));
            let width = told
                .iter()
                .map(|change| change.id.len())
                .max()
                .unwrap_or_default();
            for alike in alike(&told) {
                f.write_str(&shown(&alike, width))?;
            }
            if !silent.is_empty() {
                writeln!(
                    f,
                    "  and {} that follow other changes and stay as they are",
                    silent.len()
                )?;
            }
        }
        Ok(())
    }
}

/// Whether a change is more than a reference to something that changes in place.
pub(super) fn says_something(change: &Change) -> bool {
    change.action != Action::Change || told(change).next().is_some()
}

/// Changes to one type that read the same, together.
fn alike<'a>(changes: &[&'a Change]) -> Vec<Vec<&'a Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        let same = |group: &&mut Vec<&Change>| {
            group.first().is_some_and(|first| {
                (first.action, &first.kind, &first.means)
                    == (change.action, &change.kind, &change.means)
                    && told(first).eq(told(change))
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// A line for each kind of change to each type.
fn counted<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry((change.action, &change.kind)).or_insert(0) += 1;
    }
    let line = |((action, kind), count): (&(Action, &String), &usize)| {
        format!("  {} {count:3} {kind}\n", action.sign())
    };
    counts.iter().map(line).collect()
}

/// Resources that change alike: each on its line, or the first of many; then how.
fn shown(alike: &[&Change], width: usize) -> String {
    let Some(change) = alike.first() else {
        return String::new();
    };
    let (sign, kind) = (change.action.sign(), &change.kind);
    let means = change
        .means
        .as_ref()
        .map_or(String::new(), |means| format!(": {means}"));
    let mut text = if alike.len() > ALIKE {
        let first: Vec<&str> = alike
            .iter()
            .take(ALIKE)
            .map(|change| change.id.as_str())
            .collect();
        let (names, more) = (first.join(", "), alike.len() - ALIKE);
        format!("  {sign} {names} and {more} more  {kind}{means}\n")
    } else {
        let line = |change: &&Change| format!("  {sign} {:width$}  {kind}{means}\n", change.id);
        alike.iter().map(line).collect()
    };
    for part in told(change) {
        let _ = writeln!(text, "      {}", line(part));
    }
    text
}

/// What is worth a line: not what stays as it is.
pub(super) fn told(change: &Change) -> impl Iterator<Item = &PropertyChange> {
    let silent = |part: &&PropertyChange| {
        !(part.grade == Grade::Safe && part.before.is_none() && part.after.is_none())
    };
    change.properties.iter().filter(silent)
}

/// `Throttle.RateLimit: 100 -> nothing: a key may send more requests a second (widens access)`
fn line(part: &PropertyChange) -> String {
    let mut text = part.path.clone();
    match (&part.before, &part.after) {
        (None, None) => {}
        (before, after) => {
            let _ = write!(
                text,
                ": {} -> {}",
                value(before.as_ref()),
                value(after.as_ref())
            );
        }
    }
    let _ = write!(text, ": {}", part.means);
    if part.grade != Grade::Safe {
        let _ = write!(text, " ({})", part.grade.words());
    }
    text
}

/// A value on one line, cut where it is long.
pub(super) fn value(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    let text = plain(value).replace('\n', " ");
    let shown: String = text.chars().take(VALUE).collect();
    if shown.len() < text.len() {
        // Two long values often differ only at their ends.
        let end: String = text
            .chars()
            .rev()
            .take(12)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        return format!("{shown}…{end}");
    }
    if shown.is_empty() {
        "''".to_owned()
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan() -> Plan {
        let mut table = Change::new(Action::Replace, "UsersTable", "AWS::DynamoDB::Table");
        table.grade = Grade::LosesData;
        table.means = Some("an empty table takes its place".into());
        table.properties = vec![PropertyChange {
            path: "KeySchema.userId.KeyType".into(),
            before: Some(json!("HASH")),
            grade: Grade::LosesData,
            means: "another key".into(),
            ..PropertyChange::default()
        }];
        let mut function = Change::new(Action::Change, "SearchFunction", "AWS::Lambda::Function");
        function.properties = vec![PropertyChange {
            path: "MemorySize".into(),
            before: Some(json!(512)),
            after: Some(json!(1024)),
            means: "more memory".into(),
            ..PropertyChange::default()
        }];
        Plan::new("Blue", vec![table, function])
    }

    #[test]
    fn the_gravest_is_read_first() {
        insta::assert_snapshot!(plan(), @r"
        loses data
          ! UsersTable  AWS::DynamoDB::Table: an empty table takes its place
              KeySchema.userId.KeyType: HASH -> nothing: another key (loses data)
        safe
          ~ SearchFunction  AWS::Lambda::Function
              MemorySize: 512 -> 1024: more memory
        apply asks for: --allow-replace UsersTable
        Blue: 1 to change, 1 to replace
        ");
    }

    #[test]
    fn a_stack_that_is_made_is_counted_by_type_and_asks_for_nothing() {
        let add = |n| Change::new(Action::Add, format!("R{n}"), "AWS::IAM::Role");
        let mut plan = Plan::new("Blue", (0..=BRIEF).map(add).collect());
        plan.creates = true;
        insta::assert_snapshot!(plan, @r"
          +  41 AWS::IAM::Role
        Blue: 41 to add
        ");
    }

    #[test]
    fn an_empty_plan_says_so() {
        assert_eq!(
            Plan::new("Blue", vec![]).to_string(),
            "Blue: nothing to change"
        );
    }

    #[test]
    fn a_long_value_shows_its_start_and_its_end() {
        let long = json!(format!("{}the-end", "x".repeat(VALUE)));
        assert_eq!(value(Some(&long)).chars().count(), VALUE + 1 + 12);
        assert!(value(Some(&long)).ends_with("the-end"));
    }
}
