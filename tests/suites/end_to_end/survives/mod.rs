//! What a deployment meets on its way: throttling, other deployments, interruptions, failures.
//! A proxy before the engine answers as CloudFormation does on AWS, where the engine never would.

mod answers;
mod failures;
mod interrupted;
mod left_behind;
mod meddling;
mod others;

pub use failures::Lost;
pub use meddling::{mixed_up, through, with_status, with_token};

use crate::{Alone, Break};

pub const ALONE: &[(&str, Alone)] = &[(
    "survives::two_first_deployments_at_once_make_one_bootstrap_stack",
    others::bootstrap_race,
)];

pub const TESTS: &[(&str, Break)] = &[
    ("survives::throttling_is_waited_out", others::throttled),
    (
        "survives::a_bootstrap_stack_that_only_reads_otherwise_is_gone_on_with",
        answers::reworded,
    ),
    (
        "survives::a_change_set_that_is_being_made_is_put_away_all_the_same",
        answers::early,
    ),
    (
        "survives::a_status_that_nobody_listed_is_shown",
        others::unlisted,
    ),
    (
        "survives::a_second_deployment_learns_who_and_since_when",
        others::somebody_elses,
    ),
    (
        "survives::of_two_deployments_at_once_none_fails",
        others::two_at_once,
    ),
    (
        "survives::an_interrupted_deployment_goes_on_and_is_watched_again",
        interrupted::interrupted,
    ),
    (
        "survives::what_validation_found_is_said_with_what_to_do",
        failures::invalid,
    ),
    (
        "survives::without_rollback_what_succeeded_stays_and_the_next_apply_goes_on",
        failures::no_rollback,
    ),
    ("survives::a_stuck_stack_is_freed", failures::stuck),
    (
        "survives::what_an_earlier_call_left_running_is_taken_up_by_every_command",
        left_behind::taken_up,
    ),
];
