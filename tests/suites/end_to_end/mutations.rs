//! Every requirement that smoke checks is broken by hand, and smoke says so: a check that cannot
//! fail would be found here.
//!
//! Every check of a broken requirement must fail, except those that look elsewhere: they are broken
//! one by one in [`further`].

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use contract::Function;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::smoke::Said;

use crate::Look;
use crate::{mutations_by_hand as by_hand, mutations_further as further};

/// What is broken, and the requirements whose checks must fail then.
struct Mutation {
    breaks: &'static [&'static str],
    by_hand: fn(&Platform) -> Result<()>,
}

/// Every mutation, each on a stack of its own.
const MUTATIONS: &[Mutation] = &[
    Mutation {
        breaks: &["REST-1", "REST-2", "FLOW-1"],
        by_hand: |platform| {
            by_hand::set_variable(
                platform,
                Function::GetProfile,
                "USERS_TABLE",
                "no-such-table",
            )
        },
    },
    Mutation {
        breaks: &["REST-3", "WS-3", "FLOW-2", "FLOW-3", "OBS-4"],
        by_hand: |platform| {
            let other = Function::WsDisconnect;
            by_hand::replace_code(platform, Function::PersonalizationAgent, other)
        },
    },
    Mutation {
        breaks: &["REST-4"],
        by_hand: |platform| {
            by_hand::replace_code(platform, Function::Search, Function::WsDisconnect)
        },
    },
    Mutation {
        breaks: &["REST-5"],
        by_hand: by_hand::drop_validators,
    },
    Mutation {
        breaks: &["REST-6"],
        by_hand: by_hand::drop_gateway_response,
    },
    Mutation {
        breaks: &["REST-7"],
        by_hand: by_hand::change_stage_throttle,
    },
    Mutation {
        breaks: &["REST-8"],
        by_hand: by_hand::open_a_method,
    },
    Mutation {
        breaks: &["REST-9", "WS-4"],
        by_hand: by_hand::take_key_out_of_plans,
    },
    Mutation {
        breaks: &["WS-1"],
        by_hand: |platform| {
            by_hand::set_variable(
                platform,
                Function::WsConnect,
                "SESSIONS_TABLE",
                "no-such-table",
            )
        },
    },
    Mutation {
        breaks: &["WS-2"],
        by_hand: |platform| {
            let name = "SESSIONS_TABLE";
            by_hand::set_variable(platform, Function::WsDisconnect, name, "no-such-table")
        },
    },
    Mutation {
        breaks: &["FN-1", "FN-2", "FN-3", "FN-4", "FN-5", "FN-6"],
        by_hand: by_hand::change_memory,
    },
    Mutation {
        breaks: &["DB-1", "DB-2", "DB-3", "DB-4", "DB-5"],
        by_hand: by_hand::drop_tables,
    },
    Mutation {
        breaks: &["DB-6"],
        by_hand: by_hand::switch_encryption_off,
    },
    Mutation {
        breaks: &["DB-7"],
        by_hand: by_hand::switch_recovery_off,
    },
    Mutation {
        breaks: &["AI-1"],
        by_hand: |platform| {
            let model = "us.anthropic.claude-of-another-kind";
            by_hand::set_variable(platform, Function::PersonalizationAgent, "MODEL_ID", model)
        },
    },
    Mutation {
        breaks: &["AI-2", "SEC-1"],
        by_hand: by_hand::widen_bedrock_rights,
    },
    Mutation {
        breaks: &["OBS-1"],
        by_hand: by_hand::switch_metrics_off,
    },
    Mutation {
        breaks: &["OBS-2"],
        by_hand: by_hand::log_plain_text,
    },
    Mutation {
        breaks: &["OBS-3", "DEP-1"],
        by_hand: by_hand::update_without_alarms_and_tag,
    },
    Mutation {
        breaks: &["DEP-2"],
        by_hand: by_hand::update_with_another_prefix,
    },
];

pub const LOOKS: &[(&str, Look)] = &[(
    "mutations::every_running_check_has_a_mutation",
    every_check_has_one,
)];

/// One test for each mutation, named by what it breaks.
pub fn tests() -> impl Iterator<Item = (String, impl Fn(&Engine) -> Result<()> + Send)> {
    MUTATIONS.iter().enumerate().map(|(number, mutation)| {
        let name = format!("mutations::{}", mutation.breaks.join("_"));
        (name, move |engine: &Engine| fails(engine, number, mutation))
    })
}

fn fails(engine: &Engine, number: usize, mutation: &Mutation) -> Result<()> {
    let platform = Platform::deploy(engine, &format!("Mutant{number}"))?;
    let before = Said::by_smoke(&platform, mutation.breaks)?;
    ensure!(
        before.failed.is_empty(),
        "failed before anything was broken: {:#?}",
        before.details
    );
    (mutation.by_hand)(&platform).context("cannot break it")?;
    let after = Said::by_smoke(&platform, mutation.breaks)?;
    ensure!(after.code == Some(1), "smoke ended with {:?}", after.code);
    for id in mutation.breaks {
        ensure!(
            after.failed.iter().any(|(failed, _)| failed == id),
            "{id} did not fail: {:#?}",
            after.details
        );
    }
    let unmoved: Vec<_> = after
        .passed
        .iter()
        .filter(|(id, check)| !further::breaks(id, check))
        .collect();
    ensure!(
        unmoved.is_empty(),
        "nothing breaks {unmoved:?}: {:#?}",
        after.details
    );
    Ok(())
}

fn every_check_has_one(platform: &Platform) -> Result<()> {
    let broken: BTreeSet<&str> = MUTATIONS
        .iter()
        .flat_map(|mutation| mutation.breaks)
        .copied()
        .collect();
    let said = Said::by_smoke(platform, &[])?;
    let unbroken: Vec<_> = said
        .passed
        .iter()
        .filter(|(id, _)| !broken.contains(id.as_str()))
        .collect();
    ensure!(unbroken.is_empty(), "no mutation breaks {unbroken:?}");
    Ok(())
}
