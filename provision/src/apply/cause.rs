//! Why an operation failed: the first cause, not the cascade after it.

use contract::Failure;
use deploy_target::Target;

use super::stack::Event;

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

/// The failure of an operation that ended with `status`, for a person.
pub fn failure(target: &Target, stack_id: &str, status: &str, cause: Option<&Event>) -> Failure {
    let failure = Failure::new(format!("{} ended with {status}", name_of(stack_id)));
    let Some(cause) = cause else {
        return failure.hint(format!(
            "see what happened: cargo provision watch {}",
            target.flags()
        ));
    };
    let reason = cause
        .reason
        .as_deref()
        .unwrap_or("CloudFormation gives no reason");
    failure
        .because(format!("{} ({}): {reason}", cause.resource, cause.kind))
        .hint(hint(target, reason))
}

/// `arn:…:stack/NAME/UUID` to `NAME`.
fn name_of(stack_id: &str) -> &str {
    stack_id.split('/').nth(1).unwrap_or(stack_id)
}

fn hint(target: &Target, reason: &str) -> String {
    let text = reason.to_lowercase();
    let has = |any: &[&str]| any.iter().any(|part| text.contains(part));
    let apply = format!("cargo provision apply {}", target.flags());
    if has(&["already exist"]) {
        format!("something of that name is outside the stack; a table of ours: {apply} --adopt")
    } else if has(&["not authorized", "accessdenied", "access denied"]) {
        format!("the deploying principal needs that permission; then: {apply}")
    } else if has(&["limitexceeded", "limit exceeded", "quota"]) {
        format!("raise that quota in the account, or free some of it; then: {apply}")
    } else if has(&["nosuchkey", "nosuchbucket"]) {
        format!("a package is missing in the bucket; upload and try again: {apply}")
    } else {
        format!("mend the cause, then: {apply}")
    }
}

#[cfg(test)]
mod tests {
    use contract::failure::report;
    use deploy_target::Place;

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

    #[test]
    fn a_failure_names_the_resource_the_reason_and_the_next_command() {
        let events = recorded();
        let place = Place::Aws {
            region: "us-west-2".into(),
            profile: None,
        };
        let target = Target {
            place,
            stack: "Blue".into(),
        };
        let failure = failure(
            &target,
            STACK,
            "ROLLBACK_COMPLETE",
            first_cause(&events, STACK),
        );
        insta::assert_snapshot!(report(&failure), @r"
        error: Blue ended with ROLLBACK_COMPLETE
          cause: SearchRole (AWS::IAM::Role): User: me is not authorized to perform: iam:CreateRole
        hint: the deploying principal needs that permission; then: cargo provision apply --region us-west-2 --stack-name Blue
        ");
    }
}
