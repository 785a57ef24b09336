//! Change sets over the template that a stack has: for other parameters, or against drift.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{Capability, ChangeSetType, DeploymentMode, Parameter};
use contract::Failure;
use deploy_target::OrExplain;

use super::Client;
use crate::apply::stack::Stack;

/// The stack as it was deployed last, with these differences.
#[derive(Debug)]
pub struct Again<'a> {
    /// The live stack.
    pub stack: &'a Stack,
    /// Parameters that change; the others keep their values.
    pub changed: BTreeMap<String, String>,
    /// How CloudFormation compares, where not as always.
    pub mode: Option<DeploymentMode>,
}

impl Client<'_> {
    /// Starts making a change set called `name`; returns its ARN and the stack's.
    ///
    /// # Errors
    /// Where CloudFormation refuses the request.
    pub async fn propose_again(
        &self,
        name: &str,
        again: &Again<'_>,
    ) -> Result<(String, String), Failure> {
        let stack = &self.target().stack;
        let call = self
            .clients
            .cloudformation
            .create_change_set()
            .stack_name(stack)
            .change_set_name(name)
            .change_set_type(ChangeSetType::Update)
            .use_previous_template(true)
            .capabilities(Capability::CapabilityNamedIam)
            .set_parameters(Some(parameters(again)))
            .set_role_arn(self.clients.role_arn.clone())
            .set_deployment_mode(again.mode.clone());
        let what = format!("CloudFormation refuses the change set for {stack}");
        let answer = call.send().await.or_explain(self.target(), what)?;
        Ok((
            answer.id.unwrap_or_default(),
            answer.stack_id.unwrap_or_default(),
        ))
    }
}

fn parameters(again: &Again) -> Vec<Parameter> {
    let one = |key: &String| {
        let parameter = Parameter::builder().parameter_key(key);
        match again.changed.get(key) {
            Some(value) => parameter.parameter_value(value).build(),
            None => parameter.use_previous_value(true).build(),
        }
    };
    again.stack.parameters.keys().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_has_a_value() {
        let stack = Stack {
            parameters: [("A", "1"), ("B", "2")]
                .map(|(k, v)| (k.into(), v.into()))
                .into(),
            ..Stack::default()
        };
        let again = Again {
            stack: &stack,
            changed: BTreeMap::from([("B".into(), "3".into())]),
            mode: None,
        };
        let sent: Vec<_> = parameters(&again)
            .into_iter()
            .map(|p| (p.parameter_key, p.parameter_value, p.use_previous_value))
            .collect();
        assert_eq!(
            sent,
            [
                (Some("A".into()), None, Some(true)),
                (Some("B".into()), Some("3".into()), None)
            ]
        );
    }
}
