//! Permission to call the model, in the engine's own words.
//!
//! AWS authorises Converse as `bedrock:InvokeModel` on the profile and the models behind it; the
//! engine as `bedrock:Converse` on a foundation model that has the profile's name.

use contract::{Failure, Function, Target, Verb, arrows::arrows_from, local, outputs};
use deploy_target::OrExplain;
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::platform::Platform;

/// Gives a function that calls the model the engine's permission for it.
pub(super) async fn close(
    clients: &Clients,
    function: Function,
    platform: &Platform,
) -> Result<(), Failure> {
    if actions(function).is_empty() {
        return Ok(());
    }
    let role = function.physical_name(platform.prefix()?);
    let wanted = policy(
        function,
        clients.target.region(),
        platform.output(outputs::MODEL_ID)?,
    );
    if current(clients, &role).await?.as_ref() == Some(&wanted) {
        return Ok(());
    }
    let call = clients
        .iam
        .put_role_policy()
        .role_name(&role)
        .policy_name(local::POLICY);
    let call = call.policy_document(wanted.to_string()).send().await;
    call.or_explain(
        &clients.target,
        format!("cannot write the policy of {role}"),
    )?;
    Ok(())
}

async fn current(clients: &Clients, role: &str) -> Result<Option<Value>, Failure> {
    let live = crate::live::role(clients, role).await?;
    Ok(live.and_then(|mut live| live.inline.remove(local::POLICY)))
}

fn policy(function: Function, region: &str, model: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": actions(function),
            "Resource": format!("arn:aws:bedrock:{region}::foundation-model/{model}"),
        }],
    })
}

fn actions(function: Function) -> Vec<&'static str> {
    arrows_from(function)
        .filter(|arrow| arrow.to == Target::Model)
        .flat_map(|arrow| arrow.verbs)
        .filter_map(|verb| match verb {
            Verb::Converse => Some("bedrock:Converse"),
            Verb::ConverseStream => Some("bedrock:ConverseStream"),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_an_arrow_to_the_model_is_let_through() {
        assert_eq!(
            actions(Function::PersonalizationAgent),
            ["bedrock:Converse", "bedrock:ConverseStream"]
        );
        assert!(actions(Function::Search).is_empty());
        let policy = policy(
            Function::PersonalizationAgent,
            "us-west-2",
            "us.anthropic.x",
        );
        assert_eq!(
            policy["Statement"][0]["Resource"],
            "arn:aws:bedrock:us-west-2::foundation-model/us.anthropic.x"
        );
    }
}
