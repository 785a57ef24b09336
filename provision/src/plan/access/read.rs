//! Reads the grants of a resource from its properties.

use std::collections::BTreeSet;

use serde_json::Value;

use super::grant::Grant;
use crate::plan::document::{Resource, plain};

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

pub(super) const PERMISSION: &str = "AWS::Lambda::Permission";

/// All that a resource allows and denies; nothing where it is not there.
pub(super) fn grants_of(resource: Option<&Resource>) -> BTreeSet<Grant> {
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
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
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
