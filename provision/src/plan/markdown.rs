//! A plan as a comment on a pull request.

use std::fmt::Write;

use super::text::{says_something, told, value};
use super::{Change, Grade, Plan, PropertyChange};

/// GitHub takes 65,536 characters in a comment; what does not fit is counted.
const MOST: usize = 60_000;

/// The plan in Markdown: a heading a stack, a table a grade; the safe ones folded.
pub fn markdown(plan: &Plan) -> String {
    let mut text = format!("### `{}`: {}\n\n", plan.stack, plan.summary());
    if let Some(means) = plan.second() {
        let _ = writeln!(
            text,
            "**{}**: {}\n",
            title(Grade::LeavesData),
            escaped(&means)
        );
    }
    if !plan.creates {
        text.push_str(&tables(plan, text.len()));
    }
    if !plan.needs().is_empty() {
        let _ = writeln!(text, "`apply` asks for `{}`.\n", plan.needs().join(" "));
    }
    text
}

/// A table a grade, after `before` characters.
fn tables(plan: &Plan, before: usize) -> String {
    let mut text = String::new();
    for grade in Grade::ALL {
        let group: Vec<&Change> = plan
            .changes
            .iter()
            .filter(|change| change.grade == grade && says_something(change))
            .collect();
        if group.is_empty() {
            continue;
        }
        let table = table(&group, MOST.saturating_sub(before + text.len()));
        if grade == Grade::Safe {
            let _ = write!(
                text,
                "<details><summary>Safe: {}</summary>\n\n{table}\n</details>\n\n",
                group.len()
            );
        } else {
            let _ = write!(text, "**{}**\n\n{table}\n", title(grade));
        }
    }
    text
}

fn title(grade: Grade) -> &'static str {
    match grade {
        Grade::LosesData => "Loses data",
        Grade::LeavesData => "Leaves data behind",
        Grade::WidensAccess => "Widens access",
        Grade::Interrupts => "Interrupts",
        Grade::Safe => "Safe",
    }
}

fn table(group: &[&Change], room: usize) -> String {
    let mut text =
        "| | resource | what | before | after | means |\n|---|---|---|---|---|---|\n".to_owned();
    let mut left = 0;
    for row in group.iter().flat_map(|change| rows(change)) {
        if text.len() + row.len() > room {
            left += 1;
        } else {
            text.push_str(&row);
        }
    }
    if left > 0 {
        let _ = writeln!(text, "| | | and {left} more | | | |");
    }
    text
}

fn rows(change: &Change) -> Vec<String> {
    let head = format!("| `{}` | `{}` ", change.action.sign(), change.id);
    let kind = change.kind.rsplit("::").next().unwrap_or_default();
    let mut rows = Vec::new();
    if change.means.is_some() || change.properties.is_empty() {
        let means = change.means.as_deref().unwrap_or_default();
        rows.push(format!("{head}| {kind} | | | {} |\n", escaped(means)));
    }
    rows.extend(told(change).map(|part| row(&head, part)));
    rows
}

fn row(head: &str, part: &PropertyChange) -> String {
    let side =
        |side: Option<&serde_json::Value>| side.map_or(String::new(), |_| code(&value(side)));
    format!(
        "{head}| {} | {} | {} | {} |\n",
        code(&part.path),
        side(part.before.as_ref()),
        side(part.after.as_ref()),
        escaped(&part.means)
    )
}

/// As code, where a cell of a table can hold it.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Action;
    use super::*;

    fn change(id: String, grade: Grade) -> Change {
        let mut change = Change::new(Action::Change, id, "AWS::ApiGateway::UsagePlan");
        change.grade = grade;
        change.properties = vec![PropertyChange {
            path: "Throttle.RateLimit".into(),
            before: Some(json!("100|`x`")),
            grade,
            means: "more <requests>".into(),
            ..PropertyChange::default()
        }];
        change
    }

    #[test]
    fn a_comment_has_a_table_a_grade_and_folds_what_is_safe() {
        let changes = vec![
            change("Wide".into(), Grade::WidensAccess),
            change("Fine".into(), Grade::Safe),
        ];
        insta::assert_snapshot!(markdown(&Plan::new("Blue", changes)), @r"
        ### `Blue`: 2 to change

        **Widens access**

        | | resource | what | before | after | means |
        |---|---|---|---|---|---|
        | `~` | `Wide` | `Throttle.RateLimit` | `100\|'x'` |  | more &lt;requests> |

        <details><summary>Safe: 1</summary>

        | | resource | what | before | after | means |
        |---|---|---|---|---|---|
        | `~` | `Fine` | `Throttle.RateLimit` | `100\|'x'` |  | more &lt;requests> |

        </details>

        `apply` asks for `--allow-widening`.
        ");
    }

    #[test]
    fn a_comment_stays_below_what_github_takes() {
        let many = (0..2000)
            .map(|n| change(format!("Resource{n:04}"), Grade::Interrupts))
            .collect();
        let text = markdown(&Plan::new("Blue", many));
        assert!(
            text.len() < 65_536 && text.contains(" more |"),
            "{}",
            text.len()
        );
    }
}
