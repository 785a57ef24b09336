//! The platform's stack as CloudFormation describes it: status, outputs, tags, parameters.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::Stack as Description;
use contract::{Failure, Table, outputs};
use deploy_target::{Target, explain};

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
            .map(Self::from)
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
            .hint("look at its events, then deploy again: cargo provision apply")
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

impl From<&Description> for Stack {
    fn from(stack: &Description) -> Self {
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
        }
    }
}

/// There is no such stack.
fn missing(target: &Target) -> Failure {
    let command = if target.is_local() {
        "cargo xtask up".to_owned()
    } else {
        format!("cargo xtask deploy {}", target.flags())
    };
    Failure::new(format!(
        "there is no stack `{}` in {}",
        target.stack,
        target.region()
    ))
    .hint(format!("deploy it first: {command}"))
}
