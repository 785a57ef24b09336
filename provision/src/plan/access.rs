//! Who may do what: policies compared statement by statement, not text by text.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::document::{Resource, plain};
use super::{Grade, PropertyChange};

/// One thing that a policy allows or denies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    /// The property that the policy stands in.
    property: String,
    allow: bool,
    principal: Option<String>,
    action: String,
    resource: Option<String>,
    /// Empty for none.
    condition: String,
}

/// Whether a property of this type is compared here, not leaf by leaf.
pub fn speaks_of(kind: &str, property: &str) -> bool {
    kind == PERMISSION && !matches!(property, "FunctionName")
        || matches!(
            property,
            "AssumeRolePolicyDocument"
                | "PolicyDocument"
                | "ManagedPolicyArns"
                | "ResourcePolicy"
                | "KeyPolicy"
        )
        || property == "Policies" && kind.starts_with("AWS::IAM::")
        || property == "Policy" && kind.starts_with("AWS::ApiGateway::")
}

const PERMISSION: &str = "AWS::Lambda::Permission";

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

impl Grant {
    fn words(&self) -> String {
        let mut words = String::new();
        if !self.allow {
            words.push_str("deny ");
        }
        if let Some(principal) = &self.principal {
            let _ = write!(words, "{principal} may ");
        }
        words.push_str(&self.action);
        if let Some(resource) = &self.resource {
            let _ = write!(words, " on {resource}");
        }
        if !self.condition.is_empty() {
            let _ = write!(words, " if {}", self.condition);
        }
        words
    }
}

/// Whether some allowance of `others` says the same or more.
fn covered(grant: &Grant, others: &BTreeSet<Grant>) -> bool {
    others.iter().any(|other| {
        other.allow
            && other.property_is_like(grant)
            && fits(&other.action, &grant.action)
            && within(other.resource.as_ref(), grant.resource.as_ref())
            && within(other.principal.as_ref(), grant.principal.as_ref())
            && (other.condition.is_empty() || other.condition == grant.condition)
    })
}

impl Grant {
    /// Inline policies of one role count together, whatever their names.
    fn property_is_like(&self, other: &Self) -> bool {
        self.property == other.property
    }
}

fn within(wide: Option<&String>, narrow: Option<&String>) -> bool {
    match (wide, narrow) {
        (Some(wide), Some(narrow)) => fits(wide, narrow),
        (wide, narrow) => wide.is_none() && narrow.is_none(),
    }
}

/// Whether `text` is what `pattern` says; `*` stands for any text, and nothing is unescaped.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(found) = rest.find(part) else {
            return false;
        };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

fn grants_of(resource: Option<&Resource>) -> BTreeSet<Grant> {
    let Some(resource) = resource else {
        return BTreeSet::new();
    };
    let properties = &resource.properties;
    let mut grants = BTreeSet::new();
    if resource.kind == PERMISSION {
        grants.insert(permission(properties));
    }
    for (name, value) in properties.as_object().into_iter().flatten() {
        if !speaks_of(&resource.kind, name) || resource.kind == PERMISSION {
            continue;
        }
        match name.as_str() {
            "ManagedPolicyArns" => grants.extend(listed(value).into_iter().map(|arn| Grant {
                property: name.clone(),
                allow: true,
                principal: None,
                action: "all of the managed policy".to_owned(),
                resource: Some(arn),
                condition: String::new(),
            })),
            "Policies" => {
                let documents = value.as_array().into_iter().flatten();
                for policy in documents.filter_map(|policy| policy.get("PolicyDocument")) {
                    grants.extend(statements(name, policy));
                }
            }
            "ResourcePolicy" => grants.extend(statements(
                name,
                value.get("PolicyDocument").unwrap_or(value),
            )),
            _ => grants.extend(statements(name, value)),
        }
    }
    grants
}

/// A function's resource policy has a resource a statement.
fn permission(properties: &Value) -> Grant {
    let text = |name: &str| properties.get(name).map(plain);
    let conditions = [
        "SourceArn",
        "SourceAccount",
        "PrincipalOrgID",
        "EventSourceToken",
    ];
    let condition: Vec<String> = conditions
        .iter()
        .filter_map(|name| Some(format!("{name} is {}", text(name)?)))
        .collect();
    Grant {
        property: "Permission".to_owned(),
        allow: true,
        principal: text("Principal"),
        action: text("Action").unwrap_or_default(),
        resource: text("FunctionName"),
        condition: condition.join(" and "),
    }
}

fn statements(property: &str, document: &Value) -> Vec<Grant> {
    let all = match document.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => vec![],
    };
    all.into_iter()
        .flat_map(|statement| of_statement(property, statement))
        .collect()
}

/// Every combination that the statement names; `NotAction` and its like stay as they are written.
fn of_statement(property: &str, statement: &Value) -> Vec<Grant> {
    let part = |name: &str| -> Vec<Option<String>> {
        let not = format!("Not{name}");
        let found = match (statement.get(name), statement.get(&not)) {
            (Some(value), _) => listed(value),
            (None, Some(value)) => vec![format!("all but {}", listed(value).join(", "))],
            (None, None) => return vec![None],
        };
        found.into_iter().map(Some).collect()
    };
    let allow = statement.get("Effect").map(plain).as_deref() != Some("Deny");
    let condition = statement
        .get("Condition")
        .map(conditions)
        .unwrap_or_default();
    let (actions, resources, principals) = (part("Action"), part("Resource"), part("Principal"));
    let mut grants = Vec::new();
    for action in &actions {
        for resource in &resources {
            for principal in &principals {
                grants.push(Grant {
                    property: property.to_owned(),
                    allow,
                    principal: principal.clone(),
                    action: action.clone().unwrap_or_default(),
                    resource: resource.clone(),
                    condition: condition.clone(),
                });
            }
        }
    }
    grants
}

/// A string, a list of them, or `{"Service": …}`.
fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(listed).collect(),
        Value::Object(map) if !map.keys().any(|key| key.starts_with("Fn::")) => map
            .iter()
            .flat_map(|(kind, value)| {
                listed(value)
                    .into_iter()
                    .map(move |name| format!("{kind} {name}"))
            })
            .collect(),
        other => vec![plain(other)],
    }
}

/// `StringEquals aws:SourceAccount 1`, sorted.
fn conditions(value: &Value) -> String {
    let mut parts: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(operator, keys)| {
            keys.as_object()
                .into_iter()
                .flatten()
                .map(move |(key, value)| format!("{operator} {key} {}", listed(value).join(", ")))
        })
        .collect();
    parts.sort();
    parts.join(" and ")
}

/// Routes that become callable without key or authorizer because they are new.
fn doors(before: Option<&Resource>, after: Option<&Resource>) -> Option<PropertyChange> {
    let (None, Some(route)) = (before, after) else {
        return None;
    };
    let text = |name: &str| route.properties.get(name).map(plain).unwrap_or_default();
    let open = text("ApiKeyRequired") != "true"
        && matches!(text("AuthorizationType").as_str(), "" | "NONE");
    let door = match route.kind.as_str() {
        // A preflight has no key, and answers without a function.
        "AWS::ApiGateway::Method" => text("HttpMethod") != "OPTIONS",
        // Other routes of a WebSocket are reached only through `$connect`.
        "AWS::ApiGatewayV2::Route" => {
            !text("RouteKey").starts_with('$') && text("RouteKey").contains('/')
                || text("RouteKey") == "$connect"
        }
        _ => false,
    };
    (door && open).then(|| PropertyChange {
        path: "ApiKeyRequired".to_owned(),
        after: Some(json!(false)),
        grade: Grade::WidensAccess,
        means: "a public route: anybody may call it without a key".to_owned(),
        ..PropertyChange::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_star_fits_what_it_stands_for_and_no_more() {
        assert!(fits("dynamodb:*", "dynamodb:Query") && fits("a*c*e", "abcde") && fits("*", ""));
        assert!(!fits("a", "ab") && !fits("a*b", "ab2") && !fits("s3:*", "dynamodb:Query"));
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
