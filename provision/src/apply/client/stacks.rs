//! Stacks: read, delete, protect; and who asks.

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::types;
use contract::Failure;
use deploy_target::{Fault, OrExplain, diagnose, explain};

use super::Client;
use crate::apply::stack::Stack;

/// Who we are to the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Account id.
    pub account: String,
    /// The principal's ARN.
    pub arn: String,
}

/// What a look at a stack gave.
#[derive(Debug)]
pub enum Look {
    /// It is there.
    There(Box<Stack>),
    /// There is none.
    Gone,
    /// CloudFormation would not say just now.
    Throttled(Failure),
}

impl Client<'_> {
    /// Who we are. The first call of a program: here missing credentials show.
    ///
    /// # Errors
    /// Where the services cannot be reached with these credentials.
    pub async fn identity(&self) -> Result<Identity, Failure> {
        let target = self.target();
        let what = format!("cannot find out who we are in {}", target.region());
        let answer = self
            .clients
            .sts
            .get_caller_identity()
            .send()
            .await
            .or_explain(target, what)?;
        Ok(Identity {
            account: answer.account.unwrap_or_default(),
            arn: answer.arn.unwrap_or_default(),
        })
    }

    /// The stack of this name or ARN, where there is one.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn stack(&self, name: &str) -> Result<Option<Stack>, Failure> {
        match self.look(name).await? {
            Look::There(stack) => Ok(Some(*stack)),
            Look::Gone => Ok(None),
            Look::Throttled(failure) => Err(failure),
        }
    }

    /// As [`Client::stack`], for who looks again and again: throttling is no failure.
    ///
    /// # Errors
    /// Where it cannot be read for another reason.
    pub async fn look(&self, name: &str) -> Result<Look, Failure> {
        let call = self
            .clients
            .cloudformation
            .describe_stacks()
            .stack_name(name);
        let failed = |error: &_| {
            explain(
                self.target(),
                format!("cannot read the stack {name}"),
                error,
            )
        };
        match call.send().await {
            Ok(answer) => {
                let stacks = answer.stacks.unwrap_or_default();
                let first = stacks.into_iter().next().map(stack);
                Ok(first.map_or(Look::Gone, |stack| Look::There(Box::new(stack))))
            }
            Err(error) if is_absent(&error) => Ok(Look::Gone),
            Err(error) if diagnose(&error).0 == Fault::Throttled => {
                Ok(Look::Throttled(failed(&error)))
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// The template that the stack was last deployed with, as it was sent.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn template_of(&self, name: &str) -> Result<String, Failure> {
        let what = format!("cannot read the template of {name}");
        let call = self.clients.cloudformation.get_template().stack_name(name);
        let answer = call
            .template_stage(types::TemplateStage::Original)
            .send()
            .await
            .or_explain(self.target(), what)?;
        Ok(answer.template_body.unwrap_or_default())
    }

    /// The physical ids of all that the stack owns.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn owned(&self, name: &str) -> Result<Vec<String>, Failure> {
        let what = format!("cannot list the resources of {name}");
        let mut pages = self
            .clients
            .cloudformation
            .list_stack_resources()
            .stack_name(name)
            .into_paginator()
            .items()
            .send();
        let mut owned = Vec::new();
        while let Some(resource) = pages.next().await {
            let resource = resource.or_explain(self.target(), &what)?;
            let gone = resource.resource_status == Some(types::ResourceStatus::DeleteComplete)
                || resource.resource_status == Some(types::ResourceStatus::DeleteSkipped);
            owned.extend(resource.physical_resource_id.filter(|_| !gone));
        }
        Ok(owned)
    }

    /// Starts deleting a stack; retained resources stay.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub async fn delete_stack(&self, id: &str, token: &str) -> Result<(), Failure> {
        let call = self.clients.cloudformation.delete_stack().stack_name(id);
        let call = call.set_role_arn(self.clients.role_arn.clone());
        let call = call.client_request_token(token).send().await;
        call.or_explain(self.target(), format!("cannot delete the stack {id}"))?;
        Ok(())
    }

    /// Starts rolling a stack back whose operation without rollback failed.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub async fn roll_back(&self, id: &str, token: &str) -> Result<(), Failure> {
        let call = self.clients.cloudformation.rollback_stack().stack_name(id);
        let call = call.set_role_arn(self.clients.role_arn.clone());
        let call = call.client_request_token(token).send().await;
        call.or_explain(self.target(), format!("cannot roll back the stack {id}"))?;
        Ok(())
    }

    /// Starts a rollback that failed again, without the resources named in `skip`.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub async fn continue_rollback(
        &self,
        id: &str,
        skip: &[String],
        token: &str,
    ) -> Result<(), Failure> {
        let call = self
            .clients
            .cloudformation
            .continue_update_rollback()
            .stack_name(id)
            .set_role_arn(self.clients.role_arn.clone())
            .set_resources_to_skip((!skip.is_empty()).then(|| skip.to_vec()));
        let call = call.client_request_token(token).send().await;
        call.or_explain(
            self.target(),
            format!("cannot continue the rollback of the stack {id}"),
        )?;
        Ok(())
    }

    /// Switches the protection from deletion.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub async fn protect(&self, name: &str, on: bool) -> Result<(), Failure> {
        let call = self
            .clients
            .cloudformation
            .update_termination_protection()
            .stack_name(name);
        let call = call.enable_termination_protection(on).send().await;
        call.or_explain(
            self.target(),
            format!("cannot switch the protection of {name}"),
        )?;
        Ok(())
    }
}

fn is_absent<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let message = error
        .as_service_error()
        .and_then(ProvideErrorMetadata::message);
    message.is_some_and(|message| message.contains("does not exist"))
}

fn stack(live: types::Stack) -> Stack {
    let parameters = live.parameters.unwrap_or_default().into_iter();
    let outputs = live.outputs.unwrap_or_default().into_iter();
    let tags = live.tags.unwrap_or_default().into_iter();
    Stack {
        id: live.stack_id.unwrap_or_default(),
        status: live
            .stack_status
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        reason: live.stack_status_reason.filter(|reason| !reason.is_empty()),
        parameters: parameters
            .filter_map(|p| Some((p.parameter_key?, p.parameter_value?)))
            .collect(),
        outputs: outputs
            .filter_map(|o| Some((o.output_key?, o.output_value?)))
            .collect(),
        tags: tags
            .filter_map(|tag| Some((tag.key?, tag.value?)))
            .collect(),
        protected: live.enable_termination_protection.unwrap_or_default(),
    }
}
