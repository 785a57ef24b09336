//! Every check, one file a group of requirements.

mod access;
mod burst;
mod delivery;
mod deployment;
mod expiry;
mod flows;
mod functions;
mod observability;
mod page;
mod probe;
mod rest;
mod rest_limits;
mod rest_validation;
mod tables;
mod websocket;
mod websocket_limits;

use super::check::{Check, Run, When};

const fn check(id: &'static str, name: &'static str, run: Run) -> Check {
    Check {
        id,
        name,
        run,
        when: When::Always,
    }
}

const fn on_demand(id: &'static str, name: &'static str, when: When, run: Run) -> Check {
    Check {
        id,
        name,
        run,
        when,
    }
}

/// Every check, in the order of the requirements.
pub const CHECKS: &[Check] = &ALL;

const GROUPS: [&[Check]; 16] = [
    rest::CHECKS,
    rest_validation::CHECKS,
    rest_limits::CHECKS,
    burst::CHECKS,
    websocket::CHECKS,
    websocket_limits::CHECKS,
    functions::CHECKS,
    tables::CHECKS,
    expiry::CHECKS,
    access::CHECKS,
    probe::CHECKS,
    observability::CHECKS,
    delivery::CHECKS,
    page::CHECKS,
    flows::CHECKS,
    deployment::CHECKS,
];

const ALL: [Check; count()] = joined();

const fn count() -> usize {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS.len() {
        count += GROUPS[group].len();
        group += 1;
    }
    count
}

const fn joined() -> [Check; count()] {
    let mut all = [GROUPS[0][0]; count()];
    let (mut at, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut index = 0;
        while index < GROUPS[group].len() {
            all[at] = GROUPS[group][index];
            at += 1;
            index += 1;
        }
        group += 1;
    }
    all
}
