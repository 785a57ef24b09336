//! What CloudFormation says where it makes or executes no change set.

use aws_sdk_cloudformation::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_cloudformation::types::ChangeSetStatus;
use contract::Failure;

/// How CloudFormation words that a change set changes nothing.
const EMPTY: [&str; 2] = ["didn't contain changes", "No updates are to be performed"];

/// How CloudFormation says that the stack has changed, or is changing, since it was read.
pub(super) fn is_overtaken(code: &str, said: &str) -> bool {
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
pub(super) fn ended(stack: &str, page: &DescribeChangeSetOutput) -> Result<(), Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
