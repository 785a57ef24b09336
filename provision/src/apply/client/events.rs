//! The history of a stack's operations.

use aws_sdk_cloudformation::error::SdkError;
use aws_sdk_cloudformation::operation::describe_stack_events::DescribeStackEventsError;
use aws_sdk_cloudformation::operation::describe_stack_events::DescribeStackEventsOutput;
use aws_sdk_cloudformation::types;
use contract::Failure;
use deploy_target::{Fault, OrExplain, diagnose, explain};

use super::Client;
use crate::apply::stack::Event;

impl Client<'_> {
    /// The events after the one with id `last`, oldest first; all of them where `last` is `None`.
    ///
    /// # Errors
    /// Where they cannot be read; throttling gives nothing new instead.
    pub async fn events_after(
        &self,
        stack_id: &str,
        last: Option<&str>,
    ) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        let mut next = None;
        loop {
            let page = match self.events_page(stack_id, next).await {
                Ok(page) => page,
                Err(error) if diagnose(&error).0 == Fault::Throttled => return Ok(Vec::new()),
                Err(error) => {
                    let what = format!("cannot read the events of {stack_id}");
                    return Err(explain(self.target(), what, &error));
                }
            };
            for live in page.stack_events.unwrap_or_default() {
                let event = event(live);
                if last == Some(event.id.as_str()) {
                    events.reverse();
                    return Ok(events);
                }
                events.push(event);
            }
            next = page.next_token;
            if next.is_none() {
                events.reverse();
                return Ok(events);
            }
        }
    }

    async fn events_page(
        &self,
        stack_id: &str,
        token: Option<String>,
    ) -> Result<DescribeStackEventsOutput, SdkError<DescribeStackEventsError>> {
        let call = self
            .clients
            .cloudformation
            .describe_stack_events()
            .stack_name(stack_id);
        call.set_next_token(token).send().await
    }

    /// What validation found before anything was made: logical id and reason, oldest first.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn validation_errors(&self, of: Validated<'_>) -> Result<Vec<Event>, Failure> {
        let call = self.clients.cloudformation.describe_events();
        let call = match of {
            Validated::Stack(id) => call.stack_name(id),
            Validated::ChangeSet(id) => call.change_set_name(id),
        };
        let answer = call
            .send()
            .await
            .or_explain(self.target(), "cannot read what validation found")?;
        let events = answer.operation_events.unwrap_or_default().into_iter();
        let mut found: Vec<Event> = events
            .filter(|event| event.validation_name.is_some())
            .map(validation_error)
            .collect();
        found.sort_by_key(|event| event.at);
        Ok(found)
    }
}

/// What was validated.
#[derive(Clone, Copy, Debug)]
pub enum Validated<'a> {
    /// A stack, by its ARN.
    Stack(&'a str),
    /// A change set, by its ARN (a name is not taken without its stack).
    ChangeSet(&'a str),
}

fn event(live: types::StackEvent) -> Event {
    Event {
        id: live.event_id.unwrap_or_default(),
        token: live.client_request_token,
        resource: live.logical_resource_id.unwrap_or_default(),
        kind: live.resource_type.unwrap_or_default(),
        name: live.physical_resource_id,
        status: live
            .resource_status
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        reason: live
            .resource_status_reason
            .filter(|reason| !reason.is_empty()),
        detail: live
            .detailed_status
            .map(|detail| detail.as_str().to_owned()),
        at: live.timestamp.map(|at| at.secs()),
    }
}

fn validation_error(live: types::OperationEvent) -> Event {
    let path = live.validation_path.unwrap_or_default();
    let reason = live.validation_status_reason.unwrap_or_default();
    Event {
        id: live.event_id.unwrap_or_default(),
        token: live.client_request_token,
        resource: live.logical_resource_id.unwrap_or_default(),
        kind: live.resource_type.unwrap_or_default(),
        name: live.physical_resource_id,
        status: "CREATE_FAILED".to_owned(),
        reason: Some(if path.is_empty() {
            reason
        } else {
            format!("{reason} (at {path})")
        }),
        detail: None,
        at: live.start_time.map(|at| at.secs()),
    }
}
