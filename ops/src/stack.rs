//! The platform's stack as CloudFormation describes it: status, outputs, tags, parameters.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::Stack as Description;
use contract::{Failure, Table, outputs};
use deploy_target::{Place, Target, explain};
use jiff::Timestamp;

/// What is known of a deployed stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// CloudFormation's word for its state, e.g. `UPDATE_COMPLETE`.
    pub status: String,
    /// Outputs by key ([`contract::outputs`]).
    pub outputs: BTreeMap<String, String>,
    /// Tags by key.
    pub tags: BTreeMap<String, String>,
    /// Parameters by key.
    pub parameters: BTreeMap<String, String>,
    /// When it last changed.
    pub changed_at: Option<Timestamp>,
    /// How to deploy it again.
    redeploy: String,
}

impl Stack {
    /// Reads the target's stack.
    ///
    /// # Errors
    /// Where there is no such stack (the hint says how to make it), or it cannot be read.
    pub async fn read(client: &Client, target: &Target) -> Result<Self, Failure> {
        let answer = client
            .describe_stacks()
            .stack_name(&target.stack)
            .send()
            .await;
        let answer = answer.map_err(|error| {
            if error
                .message()
                .is_some_and(|message| message.contains("does not exist"))
            {
                missing(target)
            } else {
                explain(
                    target,
                    format!("cannot read stack `{}`", target.stack),
                    &error,
                )
            }
        })?;
        answer
            .stacks()
            .first()
            .map(|stack| Self::of(stack, target))
            .ok_or_else(|| missing(target))
    }

    /// The output called `key`.
    ///
    /// # Errors
    /// Where the stack has none: it is not (or not yet) the platform's.
    pub fn output(&self, key: &str) -> Result<&str, Failure> {
        self.outputs.get(key).map(String::as_str).ok_or_else(|| {
            Failure::new(format!(
                "stack `{}` ({}) has no output `{key}`",
                self.name, self.status
            ))
            .hint(format!("deploy it again: {}", self.redeploy))
        })
    }

    /// The name in the account of `table`.
    ///
    /// # Errors
    /// As [`Stack::output`].
    pub fn table(&self, table: Table) -> Result<String, Failure> {
        Ok(table.physical_name(self.output(outputs::PREFIX)?))
    }
}

impl Stack {
    fn of(stack: &Description, target: &Target) -> Self {
        let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            name: owned(stack.stack_name()),
            status: stack
                .stack_status()
                .map_or_else(String::new, ToString::to_string),
            outputs: stack
                .outputs()
                .iter()
                .map(|output| (owned(output.output_key()), owned(output.output_value())))
                .collect(),
            tags: stack
                .tags()
                .iter()
                .map(|tag| (owned(tag.key()), owned(tag.value())))
                .collect(),
            parameters: stack
                .parameters()
                .iter()
                .map(|p| (owned(p.parameter_key()), owned(p.parameter_value())))
                .collect(),
            changed_at: stack
                .last_updated_time()
                .or(stack.creation_time())
                .and_then(|at| Timestamp::from_second(at.secs()).ok()),
            redeploy: deploy_command(target),
        }
    }
}

/// There is no such stack.
fn missing(target: &Target) -> Failure {
    let place = match target.place {
        Place::Local(_) => "on the local platform".to_owned(),
        Place::Aws { ref region, .. } => format!("in {region}"),
    };
    Failure::new(format!("there is no stack `{}` {place}", target.stack))
        .hint(format!("deploy it first: {}", deploy_command(target)))
}

/// The command that deploys the platform to this target.
pub fn deploy_command(target: &Target) -> String {
    if !target.is_local() {
        return format!("cargo xtask deploy {}", target.flags());
    }
    let more = target.flags().replacen("--local", "", 1);
    format!("cargo xtask up{more}")
}

#[cfg(test)]
mod tests {
    use contract::naming;
    use deploy_target::Engine;

    use super::*;

    #[test]
    fn a_missing_stack_is_deployed_where_it_is_missing() {
        let engine = Engine {
            pid: 1,
            port: 1,
            endpoint: "http://127.0.0.1:1".into(),
        };
        let local = |stack: &str| Target {
            place: Place::Local(engine.clone()),
            stack: stack.into(),
        };
        assert_eq!(
            deploy_command(&local(naming::DEFAULT_STACK)),
            "cargo xtask up"
        );
        assert_eq!(
            deploy_command(&local("Blue")),
            "cargo xtask up --stack-name Blue"
        );
        let aws = Target::on_aws("us-west-2", naming::DEFAULT_STACK);
        assert_eq!(
            deploy_command(&aws),
            "cargo xtask deploy --region us-west-2"
        );
    }
}
