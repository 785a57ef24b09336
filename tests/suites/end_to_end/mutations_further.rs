//! Checks that look elsewhere than the rest of their requirement: broken one after the other on one
//! platform, each passing until it is its turn, each failing by what was broken.

use anyhow::{Context, Result, ensure};
use contract::Function;
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;
use platform_tests::smoke::Said;

use crate::mutations_by_hand as by_hand;
use crate::{Break, in_turn};

/// What is broken, and the checks that must fail then, saying this.
struct Mutation {
    breaks: &'static [(&'static str, &'static str, &'static str)],
    by_hand: fn(&Platform) -> Result<()>,
}

/// In an order in which none breaks what comes later.
const MUTATIONS: &[Mutation] = &[
    Mutation {
        breaks: &[(
            "REST-7",
            "throttle of the usage plan",
            "throttle is missing",
        )],
        by_hand: by_hand::drop_plan_throttle,
    },
    Mutation {
        breaks: &[("WS-4", "throttle of the stage", "rate of stage is 7")],
        by_hand: by_hand::change_socket_throttle,
    },
    Mutation {
        breaks: &[
            ("WS-4", "key required at the handshake", "required is false"),
            ("WS-1", "refused without key or userId", "opens without"),
        ],
        by_hand: by_hand::open_the_handshake,
    },
    Mutation {
        breaks: &[("REST-6", "preflight without a key", "OPTIONS /agent gives")],
        by_hand: by_hand::drop_preflight,
    },
    Mutation {
        breaks: &[("REST-6", "answers and errors", "https://example.org")],
        by_hand: by_hand::hide_refused_keys,
    },
    Mutation {
        breaks: &[
            ("OBS-2", "logs are JSON", "logs nothing"),
            ("OBS-2", "logs arrive", "is missing"),
        ],
        by_hand: |platform| {
            let agent = Function::PersonalizationAgent;
            by_hand::set_variable(platform, agent, "AWS_LAMBDA_LOG_LEVEL", "ERROR")
        },
    },
    Mutation {
        breaks: &[
            ("WS-3", "ping", "answer to a ping is"),
            (
                "WS-3",
                "bad frames keep the connection",
                "answer to a ping is",
            ),
        ],
        by_hand: |platform| {
            let name = "SESSIONS_TABLE";
            by_hand::set_variable(platform, Function::WsMessage, name, "no-such-table")
        },
    },
    Mutation {
        breaks: &[("REST-5", "the function refuses again", "search` crashed")],
        by_hand: |platform| {
            by_hand::replace_code(platform, Function::Search, Function::WsDisconnect)
        },
    },
    Mutation {
        breaks: &[
            (
                "OBS-1",
                "execution log group and alarms",
                "the stack has no",
            ),
            ("OBS-2", "alarms", "the stack has no"),
        ],
        by_hand: by_hand::update_without_alarms_and_tag,
    },
];

pub const TESTS: &[(&str, Break)] = &[
    ("mutations::checks_that_look_elsewhere", each_fails),
    ("mutations::checks_that_are_asked_for", asked_for),
];

/// Checks that only run when they are asked for: broken like the others. That an expired session
/// goes takes the engine a minute, so here it is only seen to fail.
fn asked_for(engine: &Engine) -> Result<()> {
    let _turn = in_turn();
    let platform = Platform::deploy(engine, "Asked")?;
    let burst = ("REST-7", "a burst is throttled", "--load");
    let expiry = ("DB-4", "an expired session goes", "--slow");
    // Little is let through, that a slow machine asks for more.
    by_hand::tighten_stage_throttle(&platform)?;
    let (outcome, detail) = outcome_of(&platform, burst)?;
    ensure!(outcome == "passed", "{detail}");
    by_hand::drop_plan_throttle(&platform)?;
    by_hand::open_stage_throttle(&platform)?;
    let (outcome, detail) = outcome_of(&platform, burst)?;
    ensure!(
        outcome == "failed" && detail.contains("got a 429"),
        "{detail}"
    );
    by_hand::switch_expiry_off(&platform)?;
    let (outcome, detail) = outcome_of(&platform, expiry)?;
    ensure!(
        outcome == "failed" && detail.contains("TTL of Sessions"),
        "{detail}"
    );
    Ok(())
}

/// What came of one check: its requirement, its name, and the switch that asks for it.
fn outcome_of(
    platform: &Platform,
    (id, name, switch): (&str, &str, &str),
) -> Result<(String, String)> {
    let ended = platform.run("ops", &["smoke", "--json", "--only", id, switch])?;
    let report: serde_json::Value = serde_json::from_str(&ended.stdout)?;
    let mut checks = report["checks"].as_array().into_iter().flatten();
    let line = checks
        .find(|line| line["name"] == name)
        .with_context(|| format!("no check {name}: {ended:?}"))?;
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    Ok((text("outcome"), text("detail")))
}

/// Whether `check` has a mutation here.
pub fn breaks(id: &str, check: &str) -> bool {
    let mut all = MUTATIONS.iter().flat_map(|mutation| mutation.breaks);
    all.any(|(broken, name, _)| *broken == id && *name == check)
}

fn each_fails(engine: &Engine) -> Result<()> {
    let platform = Platform::deploy(engine, "Elsewhere")?;
    for mutation in MUTATIONS {
        let ids: Vec<&str> = mutation.breaks.iter().map(|(id, ..)| *id).collect();
        let before = Said::by_smoke(&platform, &ids)?;
        (mutation.by_hand)(&platform)
            .with_context(|| format!("cannot break {:?}", mutation.breaks))?;
        let after = Said::by_smoke(&platform, &ids)?;
        ensure!(after.code == Some(1), "smoke ended with {:?}", after.code);
        for (id, name, finding) in mutation.breaks {
            let check = ((*id).to_owned(), (*name).to_owned());
            ensure!(
                before.passed.contains(&check),
                "{check:?} failed before it was broken: {:#?}",
                before.details
            );
            let found = after.details.get(&check).map_or("", String::as_str);
            ensure!(
                after.failed.contains(&check) && found.contains(finding),
                "{check:?} did not fail by `{finding}`: {:#?}",
                after.details
            );
        }
    }
    Ok(())
}
