//! What a plan has to pass before it may be executed. Pure; later gates go here too.

use std::collections::BTreeSet;

use contract::Failure;
use deploy_target::Target;

use super::plan::{Action, Change, Plan};
use super::stack::{Stack, Standing};

const TABLE: &str = "AWS::DynamoDB::Table";

/// Whether an operation may start on a stack in this state.
///
/// # Errors
/// Exit 3 where another operation is running, where a rollback has to be continued first, or
/// where the status is not known.
pub fn may_start(target: &Target, name: &str, stack: Option<&Stack>) -> Result<Standing, Failure> {
    let standing = Standing::of_stack(stack);
    let status = stack.map_or("absent", |stack| stack.status.as_str());
    match standing {
        Standing::Busy => Err(Failure::refused(format!(
            "another operation is running on {name}: {status}"
        ))
        .hint(format!(
            "watch it to its end: cargo provision watch {}",
            target.flags()
        ))),
        Standing::Stuck => Err(Failure::refused(format!("{name} is stuck: {status}"))
            .because(
                stack
                    .and_then(|stack| stack.reason.clone())
                    .unwrap_or_default(),
            )
            .hint(format!(
                "mend the cause, then: cargo provision continue {}",
                target.flags()
            ))),
        Standing::Unknown(status) => Err(Failure::refused(format!(
            "{name} has a status that is not known here: {status}"
        ))
        .hint("see what it means in the CloudFormation user guide, then try again")),
        standing => Ok(standing),
    }
}

/// Whether a plan keeps all data: no table replaced, none removed, and none made over one that
/// exists (`existing`, by logical id).
///
/// # Errors
/// Exit 3, naming what would be lost.
pub fn keeps_data(plan: &Plan, existing: &BTreeSet<String>) -> Result<(), Failure> {
    let loses = |change: &&Change| {
        change.kind == TABLE
            && match change.action {
                Action::Replace | Action::Remove => true,
                Action::Add => existing.contains(&change.id),
                _ => false,
            }
    };
    let lost: Vec<&str> = plan
        .changes
        .iter()
        .filter(loses)
        .map(|change| change.id.as_str())
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the plan would lose the data of {}",
        lost.join(", ")
    ))
    .hint("a table's name and key cannot change in place; deploy a second stack and move data"))
}

#[cfg(test)]
mod tests {
    use contract::failure::report;
    use deploy_target::Place;

    use super::*;

    fn target() -> Target {
        let place = Place::Aws {
            region: "us-west-2".into(),
            profile: None,
        };
        Target {
            place,
            stack: "Blue".into(),
        }
    }

    fn start(status: &str) -> Result<Standing, Failure> {
        let stack = Stack {
            status: status.into(),
            reason: Some("a role was deleted by hand".into()),
            ..Stack::default()
        };
        may_start(&target(), "Blue", Some(&stack))
    }

    #[test]
    fn a_running_operation_is_named_with_the_way_to_watch_it() {
        insta::assert_snapshot!(report(&start("UPDATE_IN_PROGRESS").unwrap_err()), @r"
        error: another operation is running on Blue: UPDATE_IN_PROGRESS
        hint: watch it to its end: cargo provision watch --region us-west-2 --stack-name Blue
        ");
    }

    #[test]
    fn a_stuck_stack_is_named_with_the_command_that_frees_it() {
        insta::assert_snapshot!(report(&start("UPDATE_ROLLBACK_FAILED").unwrap_err()), @r"
        error: Blue is stuck: UPDATE_ROLLBACK_FAILED
          cause: a role was deleted by hand
        hint: mend the cause, then: cargo provision continue --region us-west-2 --stack-name Blue
        ");
    }

    #[test]
    fn an_unknown_status_is_shown() {
        assert!(report(&start("NEWER").unwrap_err()).contains("not known here: NEWER"));
        assert_eq!(start("ROLLBACK_COMPLETE").unwrap(), Standing::FailedCreate);
    }

    fn plan(action: Action) -> Plan {
        let change = Change {
            action,
            id: "UsersTable".into(),
            kind: TABLE.into(),
            name: None,
            properties: vec![],
        };
        Plan::new("Blue", vec![change])
    }

    #[test]
    fn data_is_never_lost_by_a_plan() {
        let existing = BTreeSet::from(["UsersTable".to_owned()]);
        for action in [Action::Add, Action::Replace, Action::Remove] {
            assert!(keeps_data(&plan(action), &existing).is_err(), "{action:?}");
        }
        assert!(keeps_data(&plan(Action::Add), &BTreeSet::new()).is_ok());
        assert!(keeps_data(&plan(Action::Adopt), &existing).is_ok());
    }
}
