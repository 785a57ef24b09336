//! The table of verbs and IAM actions.

use contract::{Arrow, Target, Verb};

/// The IAM actions that an arrow's verbs need, in the verbs' order.
pub fn actions(arrow: &Arrow) -> Vec<&'static str> {
    arrow
        .verbs
        .iter()
        .flat_map(|&verb| actions_of(arrow.to, verb))
        .copied()
        .collect()
}

/// What a call under a guardrail needs on the guardrail, besides what it needs on the model.
pub const UNDER_GUARDRAIL: &str = "bedrock:ApplyGuardrail";

/// Source: the service authorization reference of each service. Converse is authorised by
/// `bedrock:InvokeModel`, `ConverseStream` by `bedrock:InvokeModelWithResponseStream`; posting to a connection by `execute-api:ManageConnections`. A write in a
/// transaction is authorised as the write it is, so transactions have no verb of their own.
fn actions_of(target: Target, verb: Verb) -> &'static [&'static str] {
    match (target, verb) {
        (Target::Table(_), Verb::Get) => &["dynamodb:GetItem"],
        (Target::Table(_), Verb::Query) => &["dynamodb:Query"],
        (Target::Table(_), Verb::Put) => &["dynamodb:PutItem"],
        (Target::Table(_), Verb::Update) => &["dynamodb:UpdateItem"],
        (Target::Table(_), Verb::Delete) => &["dynamodb:DeleteItem"],
        (Target::Table(_), Verb::Check) => &["dynamodb:ConditionCheckItem"],
        (Target::Function(_), Verb::Invoke) => &["lambda:InvokeFunction"],
        (Target::Model, Verb::Converse) => &["bedrock:InvokeModel"],
        (Target::Model, Verb::ConverseStream) => &["bedrock:InvokeModelWithResponseStream"],
        (Target::Connections, Verb::Post) => &["execute-api:ManageConnections"],
        (Target::OwnLogGroup, Verb::Log) => &["logs:CreateLogStream", "logs:PutLogEvents"],
        // An arrow that makes no sense grants nothing; a test on the whole table finds it.
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ARROWS;

    #[test]
    fn every_verb_of_every_arrow_has_actions() {
        for arrow in ARROWS {
            for &verb in arrow.verbs {
                assert!(
                    !actions_of(arrow.to, verb).is_empty(),
                    "{arrow:?}: {verb:?}"
                );
            }
        }
    }
}
