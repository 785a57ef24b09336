//! Roles: exactly the arrows' grants, nothing else (SEC-1, AI-2).

use std::collections::BTreeSet;

use contract::{Function, local};
use serde_json::{Value, json};

use super::arns::Names;
use super::report::{Check, Comparisons};
use crate::grants::{self, Grant, POLICY_NAME, Resource};
use crate::live::LiveRole;

/// Compares a function's role. `local` leaves out what the local step adds on the local engine.
pub fn checks(
    function: Function,
    names: &Names,
    local: bool,
    live: Option<&LiveRole>,
) -> Vec<Check> {
    let mut of = Comparisons::of(function.physical_name(&names.prefix));
    let Some(live) = of.exists("SEC-1", live) else {
        return of.done();
    };
    let policies = live.inline.keys().map(String::as_str);
    let policies: Vec<&str> = policies
        .filter(|name| !(local && *name == local::POLICY))
        .collect();
    of.add("SEC-1", "inline policies", POLICY_NAME, policies.join(", "));
    of.add("SEC-1", "managed policies", "", live.managed.join(", "));
    of.add(
        "SEC-1",
        "who may take it",
        trust(),
        rules(&live.trust).join("; "),
    );
    let policy = live.inline.get(POLICY_NAME).cloned().unwrap_or_default();
    compare_policy(&mut of, &expected(function, names), &policy);
    of.done()
}

fn compare_policy(of: &mut Comparisons, expected: &[(&'static str, String)], policy: &Value) {
    let live: BTreeSet<String> = rules(policy).into_iter().collect();
    let known: BTreeSet<&String> = expected.iter().map(|(_, rule)| rule).collect();
    for (requirement, rule) in expected {
        let granted = if live.contains(rule) {
            "granted"
        } else {
            "missing"
        };
        of.add(requirement, rule.as_str(), "granted", granted);
    }
    for rule in live.iter().filter(|rule| !known.contains(rule)) {
        of.add("SEC-1", rule.as_str(), "not granted", "granted");
    }
}

/// One rule for each action on each ARN, with the requirement that asks for it.
fn expected(function: Function, names: &Names) -> Vec<(&'static str, String)> {
    grants::grants(function)
        .iter()
        .flat_map(|grant| rules_of(grant, names))
        .collect()
}

fn rules_of(grant: &Grant, names: &Names) -> Vec<(&'static str, String)> {
    let (requirement, condition) = match grant.resource {
        Resource::FoundationModel => {
            let through = json!({
                "StringEquals": { "bedrock:InferenceProfileArn": names.inference_profile() }
            });
            ("AI-2", Some(through))
        }
        Resource::InferenceProfile => ("AI-2", None),
        _ => ("SEC-1", None),
    };
    let resources = names.resources(grant.resource);
    let pairs = grant
        .actions
        .iter()
        .flat_map(|action| resources.iter().map(move |on| (action, on)));
    pairs
        .map(|(action, on)| (requirement, rule("Allow", action, on, condition.as_ref())))
        .collect()
}

fn rule(effect: &str, action: &str, on: &str, condition: Option<&Value>) -> String {
    let only_if = condition
        .map(|condition| format!(" if {condition}"))
        .unwrap_or_default();
    format!("{effect} {action} on {on}{only_if}")
}

fn trust() -> String {
    rule(
        "Allow",
        "sts:AssumeRole",
        r#"{"Service":"lambda.amazonaws.com"}"#,
        None,
    )
}

/// A policy as rules, one for each action on each resource (or by each principal, in a trust
/// policy). A statement of another form is one rule, as it stands.
fn rules(policy: &Value) -> Vec<String> {
    if policy.is_null() {
        return Vec::new();
    }
    let Some(statements) = policy.get("Statement") else {
        return vec![policy.to_string()];
    };
    list(statements).flat_map(statement_rules).collect()
}

fn statement_rules(statement: &Value) -> Vec<String> {
    let usual = [
        "Effect",
        "Action",
        "Resource",
        "Principal",
        "Condition",
        "Sid",
    ];
    let odd = statement
        .as_object()
        .is_none_or(|keys| keys.keys().any(|key| !usual.contains(&key.as_str())));
    let on = statement
        .get("Resource")
        .or_else(|| statement.get("Principal"));
    let (Some(actions), Some(on), false) = (statement.get("Action"), on, odd) else {
        return vec![statement.to_string()];
    };
    let effect = statement
        .get("Effect")
        .and_then(Value::as_str)
        .unwrap_or("no effect");
    let condition = statement.get("Condition");
    list(actions)
        .flat_map(|action| {
            list(on).map(move |on| rule(effect, &text(action), &text(on), condition))
        })
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
        .iter()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::arns::tests::names;
    use super::*;

    fn statement(actions: &Value, resource: &Value) -> Value {
        json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
    }

    fn sound() -> LiveRole {
        let names = names();
        let statements: Vec<Value> = grants::grants(Function::PersonalizationAgent)
            .iter()
            .map(|grant| {
                let resources = names.resources(grant.resource);
                let mut statement = statement(&json!(grant.actions), &json!(resources));
                if grant.resource == Resource::FoundationModel {
                    let through = names.inference_profile();
                    statement["Condition"] =
                        json!({ "StringEquals": { "bedrock:InferenceProfileArn": through } });
                }
                statement
            })
            .collect();
        LiveRole {
            trust: json!({ "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "lambda.amazonaws.com" },
                "Action": "sts:AssumeRole",
            }] }),
            inline: BTreeMap::from([(POLICY_NAME.into(), json!({ "Statement": statements }))]),
            managed: vec![],
        }
    }

    fn findings(live: &LiveRole, local: bool) -> Vec<String> {
        let checks = checks(Function::PersonalizationAgent, &names(), local, Some(live));
        checks
            .into_iter()
            .filter(Check::differs)
            .map(|check| format!("{}: {}", check.what, check.live))
            .collect()
    }

    #[test]
    fn a_role_with_exactly_its_grants_has_no_findings() {
        assert_eq!(findings(&sound(), false), [""; 0]);
    }

    #[test]
    fn the_local_policy_is_let_through_on_the_local_engine_only() {
        let mut live = sound();
        live.inline.insert(local::POLICY.into(), json!({}));
        assert_eq!(findings(&live, true), [""; 0]);
        assert_eq!(
            findings(&live, false),
            ["inline policies: arrows, local-target"]
        );
    }

    #[test]
    fn a_widened_policy_is_named_action_by_action() {
        let mut live = sound();
        let policy = live.inline.get_mut(POLICY_NAME).unwrap();
        let statements = policy["Statement"].as_array_mut().unwrap();
        statements[0]["Action"]
            .as_array_mut()
            .unwrap()
            .push(json!("dynamodb:Scan"));
        statements.push(json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }));
        let users = "arn:aws:dynamodb:us-west-2:111122223333:table/Blue-Users";
        assert_eq!(
            findings(&live, false),
            [
                format!("Allow dynamodb:Scan on {users}: granted"),
                r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}: granted"#.to_owned(),
            ]
        );
    }

    #[test]
    fn a_narrowed_policy_a_managed_one_and_another_trust_are_findings() {
        let mut live = sound();
        live.inline.insert(POLICY_NAME.into(), Value::Null);
        live.managed
            .push("arn:aws:iam::aws:policy/AdministratorAccess".into());
        live.trust = json!({ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" } });
        let found = findings(&live, false);
        assert_eq!(
            found[0],
            "managed policies: arn:aws:iam::aws:policy/AdministratorAccess"
        );
        assert_eq!(found[1], "who may take it: Allow sts:AssumeRole on *");
        assert!(
            found[2..]
                .iter()
                .all(|finding| finding.ends_with(": missing")),
            "{found:?}"
        );
    }
}
