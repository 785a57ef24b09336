//! A failed operation, in words.

use contract::Failure;
use deploy_target::Target;

use super::{PATTERNS, declared_at};
use crate::apply::stack::{Event, Standing};

/// The failure of an operation that ended with `status`, for a person.
pub fn failure(target: &Target, stack_id: &str, status: &str, cause: Option<&Event>) -> Failure {
    let stack = name_of(stack_id);
    let failure = Failure::new(format!("{stack} ended with {status}"));
    let Some(cause) = cause else {
        return failure.hint(format!(
            "see what happened: cargo provision watch {}",
            target.flags()
        ));
    };
    let hint = fix(target, cause);
    failure
        .because(shown(stack, cause))
        .hint(match afterwards(target, status) {
            Some(way) => format!("{hint}\n      {way}"),
            None => hint,
        })
}

/// The failure of a change set that validation refused, with all that it found.
pub fn invalid(target: &Target, stack: &str, found: &[Event]) -> Failure {
    let causes: Vec<String> = found.iter().map(|event| shown(stack, event)).collect();
    let failure = Failure::new(format!(
        "CloudFormation refuses to change {stack}; nothing was changed"
    ))
    .because(causes.join("\n         "));
    match found.first() {
        Some(first) => failure.hint(fix(target, first)),
        None => failure,
    }
}

/// What can be done with a stack that was left as it is, or that is stuck.
fn afterwards(target: &Target, status: &str) -> Option<String> {
    let flags = target.flags();
    match Standing::of(status) {
        Standing::Paused => Some(format!(
            "what succeeded is kept, and the next apply goes on from it; to return to before: \
             cargo provision rollback {flags}"
        )),
        Standing::Stuck => Some(format!(
            "the rollback failed too; when its cause is mended: cargo provision continue {flags}"
        )),
        _ => None,
    }
}

/// `SearchRole (AWS::IAM::Role, declared at provision/src/stacks/functions.rs:50): …`
fn shown(stack: &str, cause: &Event) -> String {
    let reason = cause
        .reason
        .as_deref()
        .map_or("CloudFormation gives no reason", plain);
    let declared = declared_at(stack, &cause.resource)
        .map(|place| format!(", declared at {place}"))
        .unwrap_or_default();
    match (cause.resource.as_str(), cause.kind.as_str()) {
        ("", _) => reason.to_owned(),
        (resource, "") => format!("{resource}{declared}: {reason}"),
        (resource, kind) => format!("{resource} ({kind}{declared}): {reason}"),
    }
}

/// The service's own words, without what CloudFormation wraps them in.
fn plain(reason: &str) -> &str {
    let inner = reason
        .strip_prefix("Resource handler returned message: \"")
        .and_then(|rest| rest.split_once("\" (RequestToken:"));
    inner.map_or(reason, |(said, _)| said)
}

fn fix(target: &Target, cause: &Event) -> String {
    let reason = cause.reason.as_deref().unwrap_or_default();
    let known = PATTERNS
        .iter()
        .find(|pattern| pattern.tells(&cause.kind, reason));
    known.map_or_else(
        || {
            format!(
                "mend the cause, then: cargo provision apply {}",
                target.flags()
            )
        },
        |pattern| pattern.fix(target, cause),
    )
}

/// `arn:…:stack/NAME/UUID` to `NAME`.
pub fn name_of(stack_id: &str) -> &str {
    stack_id.split('/').nth(1).unwrap_or(stack_id)
}

#[cfg(test)]
mod tests {
    use contract::failure::report;

    use super::*;

    const STACK: &str = "arn:aws:cloudformation:r:1:stack/Blue/1";

    fn target() -> Target {
        Target::on_aws("us-west-2", "Blue")
    }

    fn event(resource: &str, kind: &str, reason: &str) -> Event {
        Event {
            resource: resource.into(),
            kind: kind.into(),
            reason: Some(reason.into()),
            ..Event::default()
        }
    }

    /// Source lines move; the rest of what is said does not.
    fn without_line(text: &str) -> String {
        let (before, after) = text.split_once(".rs:").unwrap();
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{before}.rs:LINE{rest}")
    }

    #[test]
    fn a_failure_names_the_resource_its_line_the_reason_and_the_next_command() {
        let denied = "Resource handler returned message: \"User: me is not authorized to perform: \
                      dynamodb:CreateTable\" (RequestToken: 1, HandlerErrorCode: AccessDenied)";
        let cause = event("UsersTable", "AWS::DynamoDB::Table", denied);
        let failure = failure(&target(), STACK, "ROLLBACK_COMPLETE", Some(&cause));
        insta::assert_snapshot!(without_line(&report(&failure)), @r"
        error: Blue ended with ROLLBACK_COMPLETE
          cause: UsersTable (AWS::DynamoDB::Table, declared at provision/src/stacks/data.rs:LINE): User: me is not authorized to perform: dynamodb:CreateTable
        hint: the deploying principal needs dynamodb:CreateTable: `cargo provision policy --region us-west-2 --stack-name Blue` prints all that it needs; then: cargo provision apply --region us-west-2 --stack-name Blue
        ");
    }

    #[test]
    fn a_stack_that_was_left_as_it_is_says_both_ways_on() {
        let cause = event("Other", "AWS::IAM::Role", "no reason that anybody knows");
        let paused = failure(&target(), STACK, "UPDATE_FAILED", Some(&cause));
        insta::assert_snapshot!(report(&paused), @r"
        error: Blue ended with UPDATE_FAILED
          cause: Other (AWS::IAM::Role): no reason that anybody knows
        hint: mend the cause, then: cargo provision apply --region us-west-2 --stack-name Blue
              what succeeded is kept, and the next apply goes on from it; to return to before: cargo provision rollback --region us-west-2 --stack-name Blue
        ");
        let stuck = failure(&target(), STACK, "UPDATE_ROLLBACK_FAILED", Some(&cause));
        assert!(report(&stuck).contains("cargo provision continue --region us-west-2"));
    }

    #[test]
    fn all_that_validation_found_is_said_at_once() {
        let exists = |id: &str| {
            let reason = format!(
                "Resource of type 'AWS::DynamoDB::Table' with identifier 'Blue-{id}' already exists."
            );
            event("", "AWS::DynamoDB::Table", &reason)
        };
        let failure = invalid(&target(), "Blue", &[exists("Users"), exists("Context")]);
        insta::assert_snapshot!(report(&failure), @r"
        error: CloudFormation refuses to change Blue; nothing was changed
          cause: Resource of type 'AWS::DynamoDB::Table' with identifier 'Blue-Users' already exists.
                 Resource of type 'AWS::DynamoDB::Table' with identifier 'Blue-Context' already exists.
        hint: a table of that name is outside the stack; to take it over with its data: cargo provision apply --region us-west-2 --stack-name Blue --adopt
        ");
    }

    #[test]
    fn an_unlisted_status_is_shown() {
        let failure = failure(&target(), STACK, "UPDATE_NEWER_STATUS", None);
        assert!(
            report(&failure).starts_with("error: Blue ended with UPDATE_NEWER_STATUS\nhint: see")
        );
    }
}
