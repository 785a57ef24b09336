//! What two versions of a resource allow differently, and what that means.

use std::collections::BTreeSet;

use serde_json::json;

use super::cover::covered;
use super::doors::doors;
use super::grant::Grant;
use super::read::grants_of;
use crate::plan::document::Resource;
use crate::plan::{Grade, PropertyChange};

/// What two versions of a resource allow differently; either may not be there.
pub fn changes(before: Option<&Resource>, after: Option<&Resource>) -> Vec<PropertyChange> {
    let (old, new) = (grants_of(before), grants_of(after));
    let more = new
        .iter()
        .filter(|grant| {
            if grant.allow {
                !covered(grant, &old)
            } else {
                !old.contains(grant)
            }
        })
        .map(|grant| change(grant, None, Some(grant), &old));
    let less = old
        .iter()
        .filter(|grant| {
            if grant.allow {
                !covered(grant, &new)
            } else {
                !new.contains(grant)
            }
        })
        .map(|grant| change(grant, Some(grant), None, &new));
    let mut all: Vec<PropertyChange> = more.chain(less).collect();
    all.extend(doors(before, after));
    all
}

fn change(
    grant: &Grant,
    before: Option<&Grant>,
    after: Option<&Grant>,
    others: &BTreeSet<Grant>,
) -> PropertyChange {
    let widens = after.is_some() == grant.allow;
    let means = match (widens, grant.allow) {
        (true, true) => why(grant, others),
        (true, false) => "something is no longer denied",
        (false, true) => "what it may no longer do fails, if anything still does it",
        (false, false) => "something is denied from now on",
    };
    PropertyChange {
        path: grant.property.clone(),
        before: before.map(|grant| json!(grant.words())),
        after: after.map(|grant| json!(grant.words())),
        grade: if widens {
            Grade::WidensAccess
        } else {
            Grade::Interrupts
        },
        means: means.to_owned(),
        ..PropertyChange::default()
    }
}

/// What of an allowance was not there.
fn why(grant: &Grant, old: &BTreeSet<Grant>) -> &'static str {
    let near = |same: fn(&Grant, &Grant) -> bool| {
        old.iter().any(|other| other.allow && same(other, grant))
    };
    if grant.action.contains('*') {
        "every action of this name is allowed, also those to come"
    } else if near(|a, b| {
        a.action == b.action && a.resource == b.resource && a.principal == b.principal
    }) {
        "a condition is gone, or another"
    } else if near(|a, b| a.action == b.action && a.resource == b.resource) {
        "a principal that was not allowed before"
    } else if near(|a, b| a.action == b.action) {
        "a resource that was not allowed before"
    } else {
        "an action that was not allowed before"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::read::PERMISSION;
    use super::*;
    use crate::plan::document::plain;

    fn role(statements: &Value) -> Resource {
        Resource {
            kind: "AWS::IAM::Role".into(),
            properties: json!({"Policies": [{"PolicyName": "arrows", "PolicyDocument": {"Statement": statements}}]}),
            attributes: json!({}),
        }
    }

    fn found(before: &Value, after: &Value) -> Vec<String> {
        changes(Some(&role(before)), Some(&role(after)))
            .iter()
            .map(|change| {
                let side = change
                    .after
                    .as_ref()
                    .or(change.before.as_ref())
                    .map(plain)
                    .unwrap_or_default();
                format!("{}: {side}: {}", change.grade.words(), change.means)
            })
            .collect()
    }

    fn allow(action: &str, resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": [action], "Resource": resource})
    }

    #[test]
    fn the_same_grants_written_otherwise_are_the_same() {
        let one = json!([{"Effect": "Allow", "Action": ["a:X", "a:Y"], "Resource": "r"}]);
        let two = json!([allow("a:Y", "r"), allow("a:X", "r")]);
        assert!(found(&one, &two).is_empty());
    }

    #[test]
    fn a_new_action_resource_or_lost_condition_widens_and_each_says_so() {
        let fenced = json!({"Effect": "Allow", "Action": "a:X", "Resource": "r",
            "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}});
        let lines = [
            found(
                &json!([allow("a:X", "r")]),
                &json!([allow("a:X", "r"), allow("a:Z", "r")]),
            ),
            found(&json!([allow("a:X", "r")]), &json!([allow("a:X", "*")])),
            found(&json!([fenced]), &json!([allow("a:X", "r")])),
            found(&json!([allow("a:X", "r")]), &json!([allow("a:*", "r")])),
        ];
        insta::assert_snapshot!(lines.concat().join("\n"), @r"
        widens access: a:Z on r: an action that was not allowed before
        widens access: a:X on *: a resource that was not allowed before
        widens access: a:X on r: a condition is gone, or another
        widens access: a:* on r: every action of this name is allowed, also those to come
        ");
    }

    #[test]
    fn a_deny_that_goes_widens_and_an_allowance_that_goes_interrupts() {
        let deny = json!({"Effect": "Deny", "Action": "a:X", "Resource": "r"});
        insta::assert_snapshot!(found(&json!([deny, allow("a:Y", "r")]), &json!([])).join("\n"), @r"
        widens access: deny a:X on r: something is no longer denied
        interrupts: a:Y on r: what it may no longer do fails, if anything still does it
        ");
    }

    #[test]
    fn a_permission_without_its_source_lets_others_in() {
        let permission = |source: Value| Resource {
            kind: PERMISSION.into(),
            properties: json!({"Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "apigateway.amazonaws.com", "SourceArn": source}),
            attributes: json!({}),
        };
        let mut open = permission(json!("arn"));
        if let Some(properties) = open.properties.as_object_mut() {
            properties.remove("SourceArn");
        }
        let found = changes(Some(&permission(json!("arn"))), Some(&open));
        assert_eq!(found[0].grade, Grade::WidensAccess);
        assert!(changes(Some(&open), Some(&open)).is_empty());
    }
}
