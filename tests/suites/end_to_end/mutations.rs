//! Every requirement that smoke checks is broken by hand, and smoke says so: a check that cannot
//! fail would be found here.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use contract::Function;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use serde_json::Value;

use crate::Look;
use crate::mutations_by_hand as by_hand;

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
    let before = smoke(&platform, mutation.breaks)?;
    for id in mutation.breaks {
        ensure!(
            !before.failed.contains(*id),
            "{id} failed before anything was broken: {:#?}",
            before.details
        );
    }
    (mutation.by_hand)(&platform).context("cannot break it")?;
    let after = smoke(&platform, mutation.breaks)?;
    ensure!(after.code == Some(1), "smoke ended with {:?}", after.code);
    for id in mutation.breaks {
        ensure!(
            after.failed.contains(*id),
            "{id} did not fail: {:#?}",
            after.details
        );
    }
    Ok(())
}

/// What smoke said.
struct Said {
    code: Option<i32>,
    failed: BTreeSet<String>,
    passed: BTreeSet<String>,
    details: BTreeMap<String, String>,
}

fn smoke(platform: &Platform, ids: &[&str]) -> Result<Said> {
    let mut arguments = vec!["smoke", "--json", "--timeout", "30"];
    arguments.extend(ids.iter().flat_map(|id| ["--only", id]));
    let ended = platform.run("ops", &arguments)?;
    let report: Value = serde_json::from_str(&ended.stdout)
        .with_context(|| format!("smoke printed no report: {ended:?}"))?;
    let of = |outcome: &str| -> BTreeSet<String> {
        let checks = report["checks"].as_array().into_iter().flatten();
        checks
            .filter(|check| check["outcome"] == outcome)
            .filter_map(|check| check["id"].as_str().map(str::to_owned))
            .collect()
    };
    let details = report["checks"].as_array().into_iter().flatten();
    let details = details
        .map(|check| (check["name"].to_string(), check["detail"].to_string()))
        .collect();
    Ok(Said {
        code: ended.code,
        failed: of("failed"),
        passed: of("passed"),
        details,
    })
}

fn every_check_has_one(platform: &Platform) -> Result<()> {
    let broken: BTreeSet<&str> = MUTATIONS
        .iter()
        .flat_map(|mutation| mutation.breaks)
        .copied()
        .collect();
    let said = smoke(platform, &[])?;
    let unbroken: Vec<_> = said
        .passed
        .iter()
        .filter(|id| !broken.contains(id.as_str()))
        .collect();
    ensure!(unbroken.is_empty(), "no mutation breaks {unbroken:?}");
    Ok(())
}
