//! Roles and their policies.

use std::collections::BTreeMap;

use contract::Failure;
use deploy_target::OrExplain;
use futures::{StreamExt, TryStreamExt, stream, try_join};
use serde_json::Value;

use crate::clients::Clients;

/// A role as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveRole {
    /// Who may take it: its trust policy.
    pub trust: Value,
    /// Its inline policies, by name.
    pub inline: BTreeMap<String, Value>,
    /// ARNs of the managed policies attached to it.
    pub managed: Vec<String>,
}

/// Reads a role; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub async fn role(clients: &Clients, name: &str) -> Result<Option<LiveRole>, Failure> {
    let what = || format!("cannot read the role {name}");
    let (iam, target) = (&clients.iam, &clients.target);
    let call = iam.get_role().role_name(name).send().await;
    let Some(described) = call.found_or_explain(target, what())? else {
        return Ok(None);
    };
    let (names, managed) = try_join!(
        async {
            let call = iam.list_role_policies().role_name(name).send().await;
            call.or_explain(target, what())
        },
        async {
            let call = iam
                .list_attached_role_policies()
                .role_name(name)
                .send()
                .await;
            call.or_explain(target, what())
        },
    )?;
    let inline: BTreeMap<String, Value> = stream::iter(names.policy_names)
        .map(|policy| inline(clients, name, policy))
        .buffered(4)
        .try_collect()
        .await?;
    let managed = managed.attached_policies.unwrap_or_default();
    let trust = described
        .role
        .and_then(|role| role.assume_role_policy_document);
    Ok(Some(LiveRole {
        trust: document(&trust.unwrap_or_default()),
        inline,
        managed: managed
            .into_iter()
            .filter_map(|policy| policy.policy_arn)
            .collect(),
    }))
}

async fn inline(clients: &Clients, role: &str, policy: String) -> Result<(String, Value), Failure> {
    let call = clients
        .iam
        .get_role_policy()
        .role_name(role)
        .policy_name(&policy)
        .send()
        .await;
    let answer = call.or_explain(
        &clients.target,
        format!("cannot read the policy {policy} of {role}"),
    )?;
    Ok((policy, document(&answer.policy_document)))
}

/// IAM answers documents percent-encoded; one that is no JSON is kept as text, and differs.
fn document(encoded: &str) -> Value {
    let text = percent_decoded(encoded);
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(value);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded() {
        assert_eq!(
            document("%7B%22a%22%3A%22%C3%A9%25%22%7D"),
            serde_json::json!({"a": "é%"})
        );
        assert_eq!(document(r#"{"a":1}"#), serde_json::json!({"a": 1}));
        assert_eq!(document("100%"), Value::String("100%".into()));
    }
}
