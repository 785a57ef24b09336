//! A stack as CloudFormation reports it, and what its status means for us.

use std::collections::BTreeMap;

use serde::Serialize;

/// A live stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stack {
    /// Its ARN; it stays valid after the stack is deleted.
    pub id: String,
    /// Its status, in CloudFormation's words.
    pub status: String,
    /// Why it has that status, where CloudFormation says.
    pub reason: Option<String>,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected from deletion.
    pub protected: bool,
}

/// What can be done with a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Absent,
    /// Only an unexecuted change set made it; it holds nothing.
    Review,
    /// It can be updated.
    Steady,
    /// An operation is running on it.
    Busy,
    /// An operation without rollback failed: what it made is kept, and it can be updated further
    /// or rolled back.
    Paused,
    /// Its first create failed: it has to be deleted before another create. Tables stay.
    FailedCreate,
    /// Its deletion failed: it has to be deleted again. Tables stay.
    FailedDelete,
    /// A rollback failed: it has to be continued by hand.
    Stuck,
    /// A status that nobody listed here.
    Unknown(String),
}

impl Standing {
    /// What `status` means. Source: "Stack status codes", CloudFormation user guide.
    pub fn of(status: &str) -> Self {
        match status {
            "REVIEW_IN_PROGRESS" => Self::Review,
            "DELETE_COMPLETE" => Self::Absent,
            "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE" => Self::Steady,
            "CREATE_FAILED" | "UPDATE_FAILED" => Self::Paused,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => Self::FailedCreate,
            "DELETE_FAILED" => Self::FailedDelete,
            "UPDATE_ROLLBACK_FAILED" | "IMPORT_ROLLBACK_FAILED" => Self::Stuck,
            running if is_running(running) => Self::Busy,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The standing of a stack that may not be there.
    pub fn of_stack(stack: Option<&Stack>) -> Self {
        stack.map_or(Self::Absent, |stack| Self::of(&stack.status))
    }

    /// Whether the stack can be updated; else it has to be made.
    pub const fn is_updatable(&self) -> bool {
        matches!(self, Self::Steady | Self::Paused)
    }
}

/// Whether an operation with this status goes on. A stack in review waits for us, not we for it.
pub fn is_running(status: &str) -> bool {
    status.ends_with("_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS"
}

/// Whether an operation that ended with this status did what was asked.
pub fn is_success(status: &str) -> bool {
    matches!(
        status,
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "DELETE_COMPLETE"
    )
}

/// Whether an operation that ended with this status put everything back as it was.
pub fn is_rolled_back(status: &str) -> bool {
    matches!(
        status,
        "ROLLBACK_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE" | "IMPORT_ROLLBACK_COMPLETE"
    )
}

/// One line of an operation's history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Unique id.
    pub id: String,
    /// The token of the operation that caused it.
    pub token: Option<String>,
    /// Logical id; the stack's name for the stack itself.
    pub resource: String,
    /// Resource type.
    pub kind: String,
    /// Physical id, once there is one.
    pub name: Option<String>,
    /// Resource status.
    pub status: String,
    /// Why, where CloudFormation says.
    pub reason: Option<String>,
    /// `VALIDATION_FAILED` where the template was refused before anything was made.
    pub detail: Option<String>,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
}

impl Event {
    /// Whether it is about the stack itself, not one of its resources.
    pub fn is_of_stack(&self, stack_id: &str) -> bool {
        self.name.as_deref() == Some(stack_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_status_has_a_standing_and_others_are_kept() {
        use Standing::{Absent, Busy, FailedCreate, FailedDelete, Paused, Review, Steady, Stuck};
        let listed = [
            ("CREATE_COMPLETE", Steady),
            ("CREATE_FAILED", Paused),
            ("CREATE_IN_PROGRESS", Busy),
            ("DELETE_COMPLETE", Absent),
            ("DELETE_FAILED", FailedDelete),
            ("DELETE_IN_PROGRESS", Busy),
            ("IMPORT_ROLLBACK_FAILED", Stuck),
            ("REVIEW_IN_PROGRESS", Review),
            ("ROLLBACK_COMPLETE", FailedCreate),
            ("ROLLBACK_FAILED", FailedCreate),
            ("ROLLBACK_IN_PROGRESS", Busy),
            ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Busy),
            ("UPDATE_FAILED", Paused),
            ("UPDATE_ROLLBACK_COMPLETE", Steady),
            ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", Busy),
            ("UPDATE_ROLLBACK_FAILED", Stuck),
        ];
        for (status, standing) in listed {
            assert_eq!(Standing::of(status), standing, "{status}");
        }
        assert_eq!(
            Standing::of("NEWER_STATUS"),
            Standing::Unknown("NEWER_STATUS".into())
        );
        assert_eq!(Standing::of_stack(None), Absent);
    }

    #[test]
    fn a_rolled_back_update_is_no_success_though_the_stack_is_steady() {
        assert_eq!(Standing::of("UPDATE_ROLLBACK_COMPLETE"), Standing::Steady);
        assert!(!is_success("UPDATE_ROLLBACK_COMPLETE"));
        assert!(is_rolled_back("UPDATE_ROLLBACK_COMPLETE"));
        assert!(!is_rolled_back("UPDATE_ROLLBACK_FAILED"));
    }
}
