//! Change sets: propose, read, execute, discard.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::{
    self, Capability, ChangeAction, ChangeSetStatus, ChangeSetType, PolicyAction, Replacement,
    RequiresRecreation,
};
use contract::Failure;
use contract::parameters::MASKED;
use deploy_target::{OrExplain, explain};

use super::{Client, Validated};
use crate::apply::diagnosis;
use crate::plan::{Action, Change, Plan, PropertyChange, Recreation};

/// Where CloudFormation finds a template.
#[derive(Clone, Debug)]
pub enum TemplateSource {
    /// In the request; 51,200 bytes at most.
    Inline(String),
    /// In S3; 1 MB at most.
    Url(String),
}

/// What a stack shall become.
#[derive(Clone, Debug)]
pub struct Request {
    /// The stack's name.
    pub stack: String,
    /// The change set's name.
    pub name: String,
    /// Whether there is no such stack yet.
    pub create: bool,
    /// Its template.
    pub template: TemplateSource,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack and all it makes.
    pub tags: BTreeMap<String, String>,
    /// Whether existing resources with literal names are taken over.
    pub adopt: bool,
}

impl Request {
    /// A name that no other change set has.
    pub fn new_name() -> String {
        format!("provision-{}", uuid::Uuid::new_v4())
    }
}

/// A change set that can be executed, and what it would do.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The change set's ARN.
    pub id: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// What it would do.
    pub plan: Plan,
}

/// How CloudFormation words that a change set changes nothing.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

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

    /// Deletes a change set that was not executed.
    ///
    /// # Errors
    /// Where CloudFormation refuses.
    pub async fn delete_change_set(&self, stack: &str, name: &str) -> Result<(), Failure> {
        let call = self
            .clients
            .cloudformation
            .delete_change_set()
            .stack_name(stack);
        let call = call.change_set_name(name);
        call.send()
            .await
            .or_explain(self.target(), "cannot delete the change set")?;
        Ok(())
    }
}

/// How CloudFormation says that the stack has changed, or is changing, since it was read.
fn is_overtaken(code: &str, said: &str) -> bool {
    matches!(
        code,
        "ChangeSetNotFound"
            | "ChangeSetNotFoundException"
            | "InvalidChangeSetStatus"
            | "InvalidChangeSetStatusException"
            | "AlreadyExistsException"
            | "OperationInProgressException"
    ) || said.contains("_IN_PROGRESS state")
        || said.contains("already exists and cannot be created again")
}

/// A change set that is not to be executed: empty is fine, anything else is not.
fn ended(stack: &str, page: &DescribeChangeSetOutput) -> Result<(), Failure> {
    let reason = page
        .status_reason
        .as_deref()
        .unwrap_or("CloudFormation gives no reason");
    if EMPTY.iter().any(|text| reason.contains(text)) {
        return Ok(());
    }
    let status = page
        .status
        .as_ref()
        .map_or("without status", ChangeSetStatus::as_str);
    Err(
        Failure::new(format!("the change set for {stack} ended {status}"))
            .because(reason.to_owned())
            .hint("nothing was changed; mend the cause and run the same command again"),
    )
}

/// A secret that is only known masked stays as it is.
fn parameter((key, value): (&String, &String)) -> types::Parameter {
    let parameter = types::Parameter::builder().parameter_key(key);
    if value == MASKED {
        return parameter.use_previous_value(true).build();
    }
    parameter.parameter_value(value).build()
}

fn tag((key, value): (&String, &String)) -> types::Tag {
    types::Tag::builder().key(key).value(value).build()
}

/// As CloudFormation says it: not compared, not graded.
fn change(live: types::ResourceChange) -> Change {
    let mut properties: Vec<PropertyChange> =
        live.details.iter().flatten().filter_map(property).collect();
    properties.sort_by(|a, b| (&a.path, &a.cause).cmp(&(&b.path, &b.cause)));
    properties.dedup();
    Change {
        name: live.physical_resource_id.clone(),
        properties,
        ..Change::new(
            action(&live),
            live.logical_resource_id.unwrap_or_default(),
            live.resource_type.unwrap_or_default(),
        )
    }
}

fn property(detail: &types::ResourceChangeDetail) -> Option<PropertyChange> {
    let target = detail.target.as_ref()?;
    let attribute = || Some(target.attribute.as_ref()?.as_str().to_owned());
    let recreates = match &target.requires_recreation {
        Some(RequiresRecreation::Always) => Recreation::Always,
        Some(RequiresRecreation::Never) | None => Recreation::Never,
        Some(_) => Recreation::Maybe,
    };
    Some(PropertyChange {
        path: target.name.clone().or_else(attribute)?,
        recreates,
        cause: detail.causing_entity.clone(),
        ..PropertyChange::default()
    })
}

fn action(live: &types::ResourceChange) -> Action {
    match (&live.action, &live.replacement, &live.policy_action) {
        (Some(ChangeAction::Add), ..) => Action::Add,
        (Some(ChangeAction::Import), ..) => Action::Adopt,
        (Some(ChangeAction::Remove), _, Some(PolicyAction::Retain)) => Action::Release,
        (Some(ChangeAction::Remove), ..) => Action::Remove,
        (Some(ChangeAction::Modify), Some(Replacement::True), _) => Action::Replace,
        (Some(ChangeAction::Modify), Some(Replacement::Conditional), _)
        | (Some(ChangeAction::Dynamic), ..) => Action::MayReplace,
        (Some(ChangeAction::Modify | ChangeAction::SyncWithActual), ..) => Action::Change,
        _ => Action::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{
        ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
    };

    use super::*;

    fn detail(attribute: ResourceAttribute, name: Option<&str>) -> ResourceChangeDetail {
        let target = ResourceTargetDefinition::builder()
            .attribute(attribute)
            .set_name(name.map(Into::into))
            .build();
        ResourceChangeDetail::builder().target(target).build()
    }

    #[test]
    fn an_answer_becomes_a_plan() {
        let function = ResourceChange::builder()
            .action(ChangeAction::Modify)
            .replacement(Replacement::False)
            .logical_resource_id("SearchFunction")
            .resource_type("AWS::Lambda::Function")
            .physical_resource_id("SupporterEngagement-search")
            .details(detail(ResourceAttribute::Properties, Some("Code")))
            .details(detail(ResourceAttribute::Properties, Some("Code")))
            .details(detail(ResourceAttribute::Tags, None))
            .build();
        let gone = ResourceChange::builder()
            .action(ChangeAction::Remove)
            .policy_action(PolicyAction::Retain)
            .logical_resource_id("OldTable")
            .resource_type("AWS::DynamoDB::Table")
            .build();
        let newer = ResourceChange::builder()
            .action(ChangeAction::from("Newer"))
            .logical_resource_id("X")
            .resource_type("Y")
            .build();
        let changes = [function, gone, newer].map(change);
        let told = changes.map(|change| {
            let paths: Vec<String> = change
                .properties
                .iter()
                .map(|part| part.path.clone())
                .collect();
            format!("{:?} {} {}", change.action, change.id, paths.join(", "))
        });
        assert_eq!(
            told,
            [
                "Change SearchFunction Code, Tags",
                "Release OldTable ",
                "Unknown X "
            ]
        );
    }

    fn page(reason: &str) -> DescribeChangeSetOutput {
        DescribeChangeSetOutput::builder()
            .status(ChangeSetStatus::Failed)
            .status_reason(reason)
            .build()
    }

    #[test]
    fn a_stack_that_changed_meanwhile_is_told_from_other_refusals() {
        let busy = "Stack:arn:aws:cloudformation:r:1:stack/Blue/2 is in UPDATE_IN_PROGRESS state \
                    and can not be updated.";
        assert!(is_overtaken("ValidationError", busy));
        let status = "ChangeSet [c] cannot be executed in its current status of [EXECUTE_COMPLETE]";
        assert!(is_overtaken("InvalidChangeSetStatus", status));
        assert!(is_overtaken(
            "ChangeSetNotFound",
            "ChangeSet [c] does not exist"
        ));
        assert!(!is_overtaken("ValidationError", "Template format error"));
        assert!(!is_overtaken("AccessDenied", "not authorized"));
    }

    #[test]
    fn both_wordings_of_an_empty_change_set_are_known() {
        let submitted = "The submitted information didn't contain changes. Submit different \
                         information to create a change set.";
        assert!(ended("Blue", &page(submitted)).is_ok());
        assert!(ended("Blue", &page("No updates are to be performed.")).is_ok());
        let failure = ended("Blue", &page("Template error")).unwrap_err();
        insta::assert_snapshot!(contract::failure::report(&failure), @r"
        error: the change set for Blue ended FAILED
          cause: Template error
        hint: nothing was changed; mend the cause and run the same command again
        ");
    }
}
