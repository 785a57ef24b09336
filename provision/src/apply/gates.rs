//! What a plan has to pass before it may be executed. Pure; later gates go here too.

use std::collections::BTreeSet;

use contract::Failure;
use deploy_target::Target;
use serde_yaml::Mapping;

use super::stack::{Stack, Standing};
use crate::cfn::limits::exceeded;
use crate::plan::rules;
use crate::plan::{Action, Change, Grade, Plan};

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

/// Whether CloudFormation takes a template of this size.
///
/// # Errors
/// Exit 3, with every count that is over its limit.
pub fn fits(stack: &str, document: &Mapping, bytes: usize, most: usize) -> Result<(), Failure> {
    let over = exceeded(document, bytes, most);
    if over.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the template of {stack} is over a limit; nothing was sent"
    ))
    .because(over.join("; "))
    .hint("part of the stack has to become a stack of its own"))
}

/// What the deployer allows a plan to do.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Allowed {
    /// Let the data of this resource be lost, by its logical id; may be given more than once
    #[arg(long, value_name = "ID")]
    pub allow_replace: Vec<String>,

    /// Let somebody do or see more than before, without being asked
    #[arg(long)]
    pub allow_widening: bool,

    /// Make a second platform beside one that is there, without being asked
    #[arg(long)]
    pub allow_second: bool,
}

/// Whether a plan makes no table over one that exists outside the stack (`existing`, by logical
/// id). Nothing allows that: `--adopt` takes such a table over instead.
///
/// # Errors
/// Exit 3, naming the tables.
pub fn makes_over_nothing(plan: &Plan, existing: &BTreeSet<String>) -> Result<(), Failure> {
    let over = |change: &&str| existing.contains(*change);
    let added = plan.of(Action::Add).filter(|change| change.kind == TABLE);
    let lost: Vec<&str> = added
        .map(|change| change.id.as_str())
        .filter(over)
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the plan would make {} over tables that exist",
        lost.join(", ")
    ))
    .hint("take them over with their data: --adopt"))
}

/// Whether a plan that changes no template surely replaces and removes nothing that keeps data: for
/// repairs, which are there to lose nothing.
///
/// # Errors
/// Exit 3, naming the resources.
pub fn replaces_no_data(plan: &Plan) -> Result<(), Failure> {
    let gone = |change: &&Change| {
        rules::is_stateful(&change.kind)
            && matches!(
                change.action,
                Action::Replace | Action::MayReplace | Action::Remove
            )
    };
    let lost: Vec<&str> = plan
        .changes
        .iter()
        .filter(gone)
        .map(|change| change.id.as_str())
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the plan could lose the data of {}",
        lost.join(", ")
    ))
    .hint("mend by hand what drifted there; a table's name and key cannot change in place"))
}

/// Whether all data that a plan would lose may be lost.
///
/// # Errors
/// Exit 3, naming each resource that was not allowed, and why it loses data.
pub fn keeps_data(plan: &Plan, allowed: &Allowed) -> Result<(), Failure> {
    let lost: Vec<_> = plan
        .graded(Grade::LosesData)
        .filter(|change| !allowed.allow_replace.contains(&change.id))
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = lost.iter().map(|change| change.id.as_str()).collect();
    let causes: Vec<String> = lost
        .iter()
        .map(|change| {
            let part = change
                .properties
                .iter()
                .find(|part| part.grade == Grade::LosesData);
            let because = part.map(|part| format!("{}: {}", part.path, part.means));
            let because = because.or_else(|| change.means.clone()).unwrap_or_default();
            format!("{}: {because}", change.id)
        })
        .collect();
    let flags: Vec<String> = ids
        .iter()
        .map(|id| format!("--allow-replace {id}"))
        .collect();
    Err(Failure::refused(format!(
        "the plan loses data of {}; nothing was changed",
        ids.join(", ")
    ))
    .because(causes.join("; "))
    .hint(format!(
        "a backup first (`ops backup`); then, if it is meant: {}",
        flags.join(" ")
    )))
}

/// Whether a plan that widens access may go on: allowed by flag, or nobody is there to be hurt
/// (the stack is made), or a person is asked next, having read the plan (`asks`).
///
/// # Errors
/// Exit 3, naming the resources.
pub fn may_widen(plan: &Plan, allowed: &Allowed, asks: bool) -> Result<(), Failure> {
    let wider: Vec<&str> = plan
        .graded(Grade::WidensAccess)
        .map(|change| change.id.as_str())
        .collect();
    if wider.is_empty() || plan.creates || allowed.allow_widening || asks {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "the plan widens access through {}; nothing was changed",
        wider.join(", ")
    ))
    .hint("read the plan above; if it is meant: --allow-widening, or confirm without --yes"))
}

/// Whether a platform may be made beside others: allowed by flag, or a person is asked next
/// (`asks`). A stack's name that was mistyped or changed would leave all data with the other.
///
/// # Errors
/// Exit 3, naming the others.
pub fn may_be_second(plan: &Plan, allowed: &Allowed, asks: bool) -> Result<(), Failure> {
    let Some(first) = plan.beside.first() else {
        return Ok(());
    };
    if allowed.allow_second || asks {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{} would be a second platform, with empty tables, beside {}; nothing was changed",
        plan.stack,
        plan.beside.join(", ")
    ))
    .hint(format!(
        "to change the one that is there: --stack-name {first}; if a second is meant: \
         --allow-second, or confirm without --yes"
    )))
}

#[cfg(test)]
mod tests {
    use contract::failure::report;

    use super::*;

    fn target() -> Target {
        Target::on_aws("us-west-2", "Blue")
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

    fn plan(action: Action, grade: Grade) -> Plan {
        let mut change = Change::new(action, "UsersTable", TABLE);
        change.grade = grade;
        change.means = Some("its items go".into());
        Plan::new("Blue", vec![change])
    }

    #[test]
    fn a_table_is_never_made_over_one_that_exists() {
        let existing = BTreeSet::from(["UsersTable".to_owned()]);
        let add = plan(Action::Add, Grade::Safe);
        assert!(makes_over_nothing(&add, &existing).is_err());
        assert!(makes_over_nothing(&add, &BTreeSet::new()).is_ok());
        assert!(makes_over_nothing(&plan(Action::Adopt, Grade::Safe), &existing).is_ok());
    }

    #[test]
    fn a_template_over_a_limit_is_refused_with_the_count() {
        let document = Mapping::new();
        assert!(fits("Blue", &document, 10, 10).is_ok());
        insta::assert_snapshot!(report(&fits("Blue", &document, 11, 10).unwrap_err()), @r"
        error: the template of Blue is over a limit; nothing was sent
          cause: 11 bytes, and CloudFormation takes 10
        hint: part of the stack has to become a stack of its own
        ");
    }

    #[test]
    fn a_repair_replaces_and_removes_no_table() {
        for action in [Action::Replace, Action::MayReplace, Action::Remove] {
            assert!(
                replaces_no_data(&plan(action, Grade::Safe)).is_err(),
                "{action:?}"
            );
        }
        assert!(replaces_no_data(&plan(Action::Change, Grade::Safe)).is_ok());
    }

    #[test]
    fn data_are_lost_only_where_the_resource_was_named() {
        let plan = plan(Action::Remove, Grade::LosesData);
        insta::assert_snapshot!(report(&keeps_data(&plan, &Allowed::default()).unwrap_err()), @r"
        error: the plan loses data of UsersTable; nothing was changed
          cause: UsersTable: its items go
        hint: a backup first (`ops backup`); then, if it is meant: --allow-replace UsersTable
        ");
        let allowed = |id: &str| Allowed {
            allow_replace: vec![id.to_owned()],
            allow_widening: true,
            allow_second: true,
        };
        assert!(keeps_data(&plan, &allowed("ContextTable")).is_err());
        assert!(keeps_data(&plan, &allowed("UsersTable")).is_ok());
    }

    #[test]
    fn wider_access_takes_a_flag_or_a_person_or_a_stack_that_is_new() {
        let mut plan = plan(Action::Change, Grade::WidensAccess);
        let none = Allowed::default();
        insta::assert_snapshot!(report(&may_widen(&plan, &none, false).unwrap_err()), @r"
        error: the plan widens access through UsersTable; nothing was changed
        hint: read the plan above; if it is meant: --allow-widening, or confirm without --yes
        ");
        assert!(may_widen(&plan, &none, true).is_ok());
        let flag = Allowed {
            allow_widening: true,
            ..Allowed::default()
        };
        assert!(may_widen(&plan, &flag, false).is_ok());
        plan.creates = true;
        assert!(may_widen(&plan, &none, false).is_ok());
    }

    #[test]
    fn a_second_platform_takes_a_flag_or_a_person() {
        let alone = Plan::new("Renamed", Vec::new()).of_new();
        let none = Allowed::default();
        assert!(may_be_second(&alone, &none, false).is_ok());
        let plan = alone.beside(vec!["Blue".into()]);
        insta::assert_snapshot!(report(&may_be_second(&plan, &none, false).unwrap_err()), @r"
        error: Renamed would be a second platform, with empty tables, beside Blue; nothing was changed
        hint: to change the one that is there: --stack-name Blue; if a second is meant: --allow-second, or confirm without --yes
        ");
        assert!(may_be_second(&plan, &none, true).is_ok());
        let flag = Allowed {
            allow_second: true,
            ..Allowed::default()
        };
        assert!(may_be_second(&plan, &flag, false).is_ok());
    }
}
