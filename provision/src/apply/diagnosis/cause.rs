//! The first cause of a failure, not the cascade after it.

use crate::apply::stack::Event;

/// The event that made the operation fail: the oldest failure that is not the echo of another.
pub fn first_cause<'a>(events: &'a [Event], stack_id: &str) -> Option<&'a Event> {
    let failed = |event: &&Event| event.status.ends_with("_FAILED");
    let of_resource = events
        .iter()
        .filter(failed)
        .find(|event| !event.is_of_stack(stack_id) && !is_echo(event));
    of_resource.or_else(|| events.iter().find(failed))
}

/// CloudFormation cancels what runs beside the resource that failed.
fn is_echo(event: &Event) -> bool {
    event.reason.as_deref().is_none_or(|reason| {
        let reason = reason.to_lowercase();
        reason.contains("cancelled") || reason.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: &str = "arn:aws:cloudformation:r:1:stack/Blue/1";

    fn event(resource: &str, status: &str, reason: &str) -> Event {
        Event {
            resource: resource.into(),
            kind: "AWS::IAM::Role".into(),
            name: (resource == "Blue").then(|| STACK.into()),
            status: status.into(),
            reason: (!reason.is_empty()).then(|| reason.into()),
            ..Event::default()
        }
    }

    fn recorded() -> Vec<Event> {
        vec![
            event("Blue", "CREATE_IN_PROGRESS", "User Initiated"),
            event("UsersTable", "CREATE_FAILED", "Resource creation cancelled"),
            event(
                "SearchRole",
                "CREATE_FAILED",
                "User: me is not authorized to perform: iam:CreateRole",
            ),
            event(
                "SearchLogGroup",
                "CREATE_FAILED",
                "Resource creation cancelled",
            ),
            event(
                "Blue",
                "ROLLBACK_IN_PROGRESS",
                "The following resource(s) failed to create",
            ),
        ]
    }

    #[test]
    fn the_first_cause_is_no_cancellation() {
        let events = recorded();
        assert_eq!(first_cause(&events, STACK).unwrap().resource, "SearchRole");
    }

    #[test]
    fn a_failure_of_the_stack_itself_is_the_cause_where_no_resource_failed() {
        let events = [event(
            "Blue",
            "CREATE_FAILED",
            "Output X cannot be resolved",
        )];
        assert_eq!(first_cause(&events, STACK).unwrap().resource, "Blue");
        assert_eq!(first_cause(&[], STACK), None);
    }
}
