//! Joins a change set with both templates, and grades what comes of it.

use serde_json::Value;

use super::diff::{Difference, differences};
use super::document::{Resource, Resources};
use super::rules::{self, When};
use super::{Action, Change, Grade, Plan, PropertyChange, Recreation, access};

/// What stands in the plan where a value is nobody's business.
const HIDDEN: &str = "(hidden)";

/// The plan of an update, with before and after of each property, and graded.
///
/// `plan` is what CloudFormation says: resources, and the names of their properties. `before` and
/// `after` are the live template and the new one, each resolved with its parameters.
pub fn graded(plan: &Plan, before: &Resources, after: &Resources) -> Plan {
    let mut steady = Vec::new();
    // What a condition leaves out is not made, also where a change set lists it.
    let made = |change: &&Change| change.action != Action::Add || after.contains_key(&change.id);
    // What refers to a steady resource is steady too: a step for each reference of a chain.
    loop {
        let changes = plan.changes.iter().filter(made).map(|change| {
            let sides = (before.get(&change.id), after.get(&change.id));
            grade(change, sides, &steady)
        });
        let graded = Plan::new(plan.stack.clone(), changes.collect());
        let stays =
            |change: &&Change| change.action == Action::Change && replacing(&change.kind).is_some();
        let now: Vec<String> = graded
            .changes
            .iter()
            .filter(stays)
            .map(|change| change.id.clone())
            .collect();
        if now.len() == steady.len() {
            return graded;
        }
        steady = now;
    }
}

/// The properties that replace a resource of this type, where that is known.
fn replacing(kind: &str) -> Option<&'static [&'static str]> {
    rules::kind(kind)?.replaced_by
}

type Sides<'a> = (Option<&'a Resource>, Option<&'a Resource>);

fn grade(proposed: &Change, sides: Sides<'_>, steady: &[String]) -> Change {
    let mut properties = match proposed.action {
        Action::Add => access::changes(None, sides.1),
        // A policy that leaves the stack and stays goes on denying.
        Action::Adopt | Action::Release => Vec::new(),
        Action::Remove => no_longer_denied(sides.0),
        _ => properties(proposed, sides, steady),
    };
    properties.sort_by(|a, b| a.path.cmp(&b.path));
    let action = settled(proposed.action, &properties);
    let (fate, means) = fate(action, &proposed.kind);
    let gravest = properties
        .iter()
        .map(|part| part.grade)
        .max()
        .unwrap_or_default();
    Change {
        action,
        grade: fate.max(gravest),
        means: means.map(str::to_owned),
        properties,
        ..proposed.clone()
    }
}

/// What a resource's policies deny goes with it. What they allow goes too, and needs no words.
fn no_longer_denied(before: Option<&Resource>) -> Vec<PropertyChange> {
    let mut changes = access::changes(before, None);
    changes.retain(|change| change.grade >= Grade::WidensAccess);
    changes
}

/// Where all that might replace a resource follows things that stay as they are, it stays too.
fn settled(action: Action, properties: &[PropertyChange]) -> Action {
    let may = properties
        .iter()
        .any(|part| part.recreates != Recreation::Never);
    match action {
        Action::MayReplace if !may => Action::Change,
        other => other,
    }
}

fn fate(action: Action, kind: &str) -> (Grade, Option<&'static str>) {
    let fates = rules::kind(kind).map_or(&[][..], |kind| kind.fates);
    let holds = fates
        .iter()
        .find(|fate| fate.actions.is_empty() || fate.actions.contains(&action));
    match (holds, action) {
        (Some(fate), _) => (fate.grade, Some(fate.means)),
        (None, Action::Add | Action::Adopt | Action::Change) => (Grade::Safe, None),
        (None, Action::MayReplace) => (Grade::Interrupts, Some("another may take its place")),
        (None, Action::Replace) => (Grade::Interrupts, Some("another takes its place")),
        (None, Action::Remove) => (Grade::Interrupts, Some("it is deleted")),
        (None, Action::Release) => (Grade::Interrupts, Some("it leaves the stack, and stays")),
        (None, Action::Unknown) => (
            unforeseen(kind),
            Some("CloudFormation says something that is not known here"),
        ),
    }
}

/// What is not known may be the worst.
fn unforeseen(kind: &str) -> Grade {
    if rules::is_stateful(kind) {
        Grade::LosesData
    } else {
        Grade::Interrupts
    }
}

/// Every property that differs, and those that CloudFormation names though they do not.
fn properties(
    proposed: &Change,
    (before, after): Sides<'_>,
    steady: &[String],
) -> Vec<PropertyChange> {
    let mut all = match (before, after) {
        (Some(before), Some(after)) => compared(proposed, before, after),
        _ => Vec::new(),
    };
    let named = |name: &str| -> Vec<&PropertyChange> {
        proposed
            .properties
            .iter()
            .filter(|part| part.path == name)
            .collect()
    };
    for part in &mut all {
        let top = part.path.split('.').next().unwrap_or_default().to_owned();
        for detail in named(&top) {
            part.recreates = part.recreates.max(detail.recreates);
            part.cause = part.cause.take().or_else(|| detail.cause.clone());
        }
        part.recreates = known(&proposed.kind, &top, part.recreates);
        if part.recreates == Recreation::Always && rules::is_stateful(&proposed.kind) {
            part.grade = Grade::LosesData;
        }
    }
    let seen: Vec<String> = all.iter().map(|part| part.path.clone()).collect();
    let unseen = |part: &&PropertyChange| {
        !seen
            .iter()
            .any(|path| path.split('.').next() == Some(part.path.as_str()))
            && !access::speaks_of(&proposed.kind, &part.path)
    };
    let rest: Vec<PropertyChange> = proposed
        .properties
        .iter()
        .filter(unseen)
        .map(|part| followed(&proposed.kind, part, steady))
        .collect();
    all.extend(rest);
    all
}

fn compared(proposed: &Change, before: &Resource, after: &Resource) -> Vec<PropertyChange> {
    let kind = proposed.kind.as_str();
    let leaf = |difference: &Difference| {
        let top = difference
            .path
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        !access::speaks_of(kind, top)
    };
    let mut found = differences(&before.properties, &after.properties);
    found.extend(differences(&before.attributes, &after.attributes));
    let mut all: Vec<PropertyChange> = found
        .into_iter()
        .filter(leaf)
        .map(|difference| judged(kind, difference))
        .collect();
    all.extend(access::changes(Some(before), Some(after)));
    all
}

fn judged(kind: &str, difference: Difference) -> PropertyChange {
    let rule = rules::of(kind).find(|rule| rule.holds(&difference));
    let hidden = is_secret(kind, &difference.path);
    let shown =
        |value: Option<Value>| value.map(|value| if hidden { HIDDEN.into() } else { value });
    PropertyChange {
        grade: rule.map_or(Grade::Interrupts, |rule| rule.grade),
        means: rule
            .map_or("no rule knows this property: look at it", |rule| rule.means)
            .to_owned(),
        path: difference.path.join("."),
        before: shown(difference.before),
        after: shown(difference.after),
        ..PropertyChange::default()
    }
}

/// Whether a value opens a door.
fn is_secret(kind: &str, path: &[String]) -> bool {
    let named = |step: &String| {
        let step = step.to_lowercase();
        ["password", "secret", "credential", "token"]
            .iter()
            .any(|word| step.contains(word))
    };
    (kind == "AWS::ApiGateway::ApiKey" && path == ["Value"]) || path.iter().any(named)
}

/// Whether a property replaces its resource: CloudFormation's answer, and ours where it has none.
fn known(kind: &str, property: &str, said: Recreation) -> Recreation {
    let replaces = replacing(kind).is_none_or(|properties| properties.contains(&property));
    match said {
        Recreation::Maybe if !replaces => Recreation::Never,
        said => said,
    }
}

/// A property whose template text is the same: it follows a parameter or another resource.
fn followed(kind: &str, detail: &PropertyChange, steady: &[String]) -> PropertyChange {
    let resource = detail
        .cause
        .as_deref()
        .and_then(|cause| cause.split('.').next());
    let stays = resource.is_some_and(|id| steady.iter().any(|other| other == id));
    let bare = Difference {
        path: vec![detail.path.clone()],
        before: None,
        after: None,
    };
    let rule = rules::of(kind).find(|rule| rule.when == When::Any && rule.holds(&bare));
    let (grade, means) = match (stays, rule, resource) {
        (true, ..) => (
            Grade::Safe,
            "follows what changes in place, and stays as it is".to_owned(),
        ),
        (_, Some(rule), _) => (rule.grade, rule.means.to_owned()),
        (_, None, Some(id)) => (Grade::Interrupts, format!("follows {id}")),
        (_, None, None) => (
            Grade::Interrupts,
            "no rule knows this property: look at it".to_owned(),
        ),
    };
    PropertyChange {
        grade,
        means,
        recreates: if stays {
            Recreation::Never
        } else {
            known(kind, &detail.path, detail.recreates)
        },
        ..detail.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_rule_knows_is_never_safe() {
        let difference = Difference {
            path: vec!["Novel".into()],
            before: None,
            after: Some(json!(1)),
        };
        let change = judged("AWS::DynamoDB::Table", difference);
        assert_eq!(change.grade, Grade::Interrupts);
        let unknown = |kind| fate(Action::Unknown, kind).0;
        assert_eq!(unknown("AWS::New::Thing"), Grade::Interrupts);
        assert_eq!(unknown("AWS::DynamoDB::Table"), Grade::LosesData);
    }

    #[test]
    fn the_value_of_a_key_is_never_shown() {
        let difference = Difference {
            path: vec!["Value".into()],
            before: None,
            after: Some(json!("secret")),
        };
        let change = judged("AWS::ApiGateway::ApiKey", difference);
        assert_eq!(change.after, Some(json!(HIDDEN)));
    }
}
