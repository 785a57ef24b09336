//! The calls.

use std::time::Duration;

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{self, Capability, ChangeSetStatus, ChangeSetType};
use contract::Failure;
use deploy_target::{OrExplain, explain};

use super::answer::change;
use super::refusal::{ended, is_overtaken};
use super::request::{Proposal, Request, TemplateSource, parameter, tag};
use crate::apply::client::{Client, Validated};
use crate::apply::diagnosis;
use crate::plan::Plan;

impl Client<'_> {
    /// Starts making a change set; returns its ARN and the stack's.
    ///
    /// # Errors
    /// Where CloudFormation refuses the request.
    pub async fn propose(&self, request: &Request) -> Result<(String, String), Failure> {
        let kind = if request.create {
            ChangeSetType::Create
        } else {
            ChangeSetType::Update
        };
        let call = self
            .clients
            .cloudformation
            .create_change_set()
            .stack_name(&request.stack)
            .change_set_name(&request.name)
            .change_set_type(kind)
            .capabilities(Capability::CapabilityNamedIam)
            .set_parameters(Some(request.parameters.iter().map(parameter).collect()))
            .set_tags(Some(request.tags.iter().map(tag).collect()))
            .set_role_arn(self.clients.role_arn.clone());
        let call = match &request.template {
            TemplateSource::Inline(body) => call.template_body(body),
            TemplateSource::Url(url) => call.template_url(url),
        };
        let call = if request.adopt {
            call.import_existing_resources(true)
        } else {
            call
        };
        let what = format!(
            "CloudFormation refuses the change set for {}",
            request.stack
        );
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => return Err(self.overtaken_or(&request.stack, what, &error)),
        };
        Ok((
            answer.id.unwrap_or_default(),
            answer.stack_id.unwrap_or_default(),
        ))
    }

    /// Waits until the change set is made: `None` where it changes nothing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub async fn proposed(
        &self,
        stack: &str,
        (id, stack_id): &(String, String),
    ) -> Result<Option<Proposal>, Failure> {
        let mut pause = Duration::from_millis(20);
        let first = loop {
            let page = self.change_set_page(stack, id, None).await?;
            match page.status {
                Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => {}
                _ => break page,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        };
        if first.status != Some(ChangeSetStatus::CreateComplete) {
            return match ended(stack, &first) {
                Ok(()) => Ok(None),
                Err(failure) => Err(self.why_invalid(stack, id).await.unwrap_or(failure)),
            };
        }
        let mut changes: Vec<types::Change> = first.changes.unwrap_or_default();
        let mut next = first.next_token;
        while let Some(token) = next {
            let page = self.change_set_page(stack, id, Some(token)).await?;
            changes.extend(page.changes.unwrap_or_default());
            next = page.next_token;
        }
        let changes = changes
            .into_iter()
            .filter_map(|change| change.resource_change);
        let plan = Plan::new(stack, changes.map(change).collect());
        Ok(Some(Proposal {
            id: id.clone(),
            stack_id: stack_id.clone(),
            plan,
        }))
    }

    /// What validation found wrong with a change set. Who may not ask gets no more than the change
    /// set's own words.
    async fn why_invalid(&self, stack: &str, id: &str) -> Option<Failure> {
        let found = self.validation_errors(Validated::ChangeSet(id)).await;
        let found = found.ok().filter(|found| !found.is_empty())?;
        Some(diagnosis::invalid(self.target(), stack, &found))
    }

    /// Whether the stack has change sets beside the one with this name.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn has_other_change_sets(&self, stack: &str, name: &str) -> Result<bool, Failure> {
        let what = format!("cannot list the change sets of {stack}");
        let listing = self
            .clients
            .cloudformation
            .list_change_sets()
            .stack_name(stack);
        let mut pages = listing.into_paginator().items().send();
        while let Some(summary) = pages.next().await {
            let summary = summary.or_explain(self.target(), &what)?;
            if summary.change_set_name.as_deref() != Some(name) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn change_set_page(
        &self,
        stack: &str,
        id: &str,
        token: Option<String>,
    ) -> Result<DescribeChangeSetOutput, Failure> {
        let call = self
            .clients
            .cloudformation
            .describe_change_set()
            // Rights are on the stack, and an engine may not see it in a change set's ARN.
            .stack_name(stack)
            .change_set_name(id);
        let answer = call.set_next_token(token).send().await;
        answer.map_err(|error| {
            self.overtaken_or(stack, "cannot read the change set".to_owned(), &error)
        })
    }

    /// Starts executing a change set; its events carry `token`. With `keep`, what succeeds stays
    /// where something fails; without it, all is rolled back.
    ///
    /// # Errors
    /// Where CloudFormation refuses: exit 3 where another operation on the stack came first.
    pub async fn execute(
        &self,
        proposal: &Proposal,
        token: &str,
        keep: bool,
    ) -> Result<(), Failure> {
        let call = self
            .clients
            .cloudformation
            .execute_change_set()
            .stack_name(&proposal.plan.stack)
            .change_set_name(&proposal.id)
            .set_disable_rollback(keep.then_some(true));
        match call.client_request_token(token).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let what = "CloudFormation refuses to execute the change set".to_owned();
                Err(self.overtaken_or(&proposal.plan.stack, what, &error))
            }
        }
    }

    /// The failure of a call that found the stack in another state than when it was read, or of
    /// any other kind.
    fn overtaken_or<E, R>(self, stack: &str, what: String, error: &SdkError<E, R>) -> Failure
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug + 'static,
    {
        let service = error.as_service_error();
        let code = service
            .and_then(ProvideErrorMetadata::code)
            .unwrap_or_default();
        let said = service
            .and_then(ProvideErrorMetadata::message)
            .unwrap_or_default();
        if !is_overtaken(code, said) {
            return explain(self.target(), what, error);
        }
        Failure::refused(format!(
            "another operation on {stack} came first; nothing of this plan was done"
        ))
        .because(format!("{code}: {said}"))
        .hint("run the same command again: it plans anew")
    }
}
