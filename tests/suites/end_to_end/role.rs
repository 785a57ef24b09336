//! The service role that CloudFormation is handed: with `--role-arn` every call that changes a
//! stack carries it, and without, none.
//!
//! The engine takes `RoleARN` and works with its own rights all the same: that a role is assumed,
//! and that one without rights fails, only AWS can show. What is held here is what is asked for,
//! seen from between the program and the engine. Stacks wait for a rollback by the proxy's word.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, ensure};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};
use platform_tests::program;

use super::survives::{through, with_status, with_token};
use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    ("role::every_change_of_a_stack_is_handed_the_role", handed),
    ("role::without_the_flag_no_change_is_handed_one", bare),
    ("role::what_is_no_role_is_a_usage_error", malformed),
];

const ROLE: &str = "arn:aws:iam::000000000000:role/deployer";

/// As a form has it.
const ROLE_IN_FORM: &str = "arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fdeployer";

/// The actions that change stacks and take a role (the API's reference): all there are.
const TAKE_A_ROLE: [&str; 6] = [
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "CreateStack",
    "DeleteStack",
    "RollbackStack",
    "UpdateStack",
];

/// Of those, the ones that the scenario makes.
const MADE: [&str; 4] = [
    "ContinueUpdateRollback",
    "CreateChangeSet",
    "DeleteStack",
    "RollbackStack",
];

/// Writes down who is handed what, and says how a stack ended.
#[derive(Default)]
struct Watch {
    /// Action and role of the calls.
    calls: Mutex<Vec<(String, Option<String>)>>,
    /// The status that the stack is said to have, until somebody rolls it back.
    waits: Mutex<Option<&'static str>>,
    /// The rollback's token.
    token: Mutex<Option<String>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn field(body: &str, name: &str) -> Option<String> {
    let mut pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

impl Watch {
    fn waits(&self, status: &'static str) {
        *locked(&self.waits) = Some(status);
        *locked(&self.token) = None;
    }

    fn steady(&self) {
        *locked(&self.waits) = None;
    }
}

impl Meddle for Watch {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        let action = call.action.as_str();
        if TAKE_A_ROLE.contains(&action) {
            let role = field(&call.body, "RoleARN");
            locked(&self.calls).push((action.to_owned(), role));
        }
        if !["RollbackStack", "ContinueUpdateRollback"].contains(&action) {
            return None;
        }
        *locked(&self.token) = field(&call.body, "ClientRequestToken");
        let answer = format!("<{action}Response><{action}Result/></{action}Response>");
        Some((200, answer))
    }

    fn after(&self, call: &Call, answer: &str) -> Option<ServiceAnswer> {
        let status = (*locked(&self.waits))?;
        let token = locked(&self.token);
        match (call.action.as_str(), token.as_deref()) {
            ("DescribeStacks", None) => Some((200, with_status(answer, status))),
            ("DescribeStacks", _) => Some((200, with_status(answer, "UPDATE_ROLLBACK_COMPLETE"))),
            ("DescribeStackEvents", Some(token)) => Some((200, with_token(answer, token))),
            _ => None,
        }
    }
}

/// A stack's life with these flags, from its creation to its deletion: who was handed what.
fn life(engine: &Engine, stack: &str, flags: &[&str]) -> Result<Vec<(String, Option<String>)>> {
    let watch = Arc::new(Watch::default());
    let meddler = Meddler::start(&engine.endpoint, watch.clone())?;
    let run = |words: &[&str]| through(&meddler, stack, &[words, flags].concat())?.success();
    let packages = program::packages()?;
    let apply = ["apply", "--yes", "--allow-second", "--package", &packages];

    run(&apply)?;
    run(&[&apply[..], &["--log-retention-days", "7"]].concat())?;
    run(&["rollback", "--previous", "--yes"])?;
    // Over the template that is there.
    run(&["rotate-key", "--yes"])?;
    run(&["rotate-key", "--finish", "--yes"])?;
    let proposed = locked(&watch.calls).len();
    ensure!(proposed >= 5, "{proposed} change sets of five");

    for (status, back) in [
        ("UPDATE_FAILED", "rollback"),
        ("UPDATE_ROLLBACK_FAILED", "continue"),
    ] {
        watch.waits(status);
        let back = run(&[back, "--yes"])?;
        ensure!(back.stdout.contains("UPDATE_ROLLBACK_COMPLETE"), "{back:?}");
    }
    watch.steady();
    run(&["destroy", "--yes"])?;
    let calls = locked(&watch.calls).clone();
    Ok(calls)
}

fn handed(engine: &Engine) -> Result<()> {
    all_with(
        &life(engine, "Handed", &["--role-arn", ROLE])?,
        Some(ROLE_IN_FORM),
    )
}

fn bare(engine: &Engine) -> Result<()> {
    all_with(&life(engine, "Bare", &[])?, None)
}

fn all_with(calls: &[(String, Option<String>)], role: Option<&str>) -> Result<()> {
    let seen = calls
        .iter()
        .map(|(action, role)| (action.as_str(), role.as_deref()));
    let seen: BTreeSet<_> = seen.collect();
    let expected = MADE.into_iter().map(|action| (action, role)).collect();
    ensure!(seen == expected, "{seen:?}\nare not\n{expected:?}");
    Ok(())
}

/// Before anything is asked for.
fn malformed(engine: &Engine) -> Result<()> {
    let watch = Arc::new(Watch::default());
    let meddler = Meddler::start(&engine.endpoint, watch.clone())?;
    for command in ["apply", "destroy"] {
        let session = "arn:aws:sts::000000000000:assumed-role/deployer/me";
        let words = [command, "--yes", "--role-arn", session];
        let refused = through(&meddler, "Malformed", &words)?;
        let (code, said) = (refused.code, &refused.stderr);
        ensure!(code == Some(2), "{refused:?}");
        ensure!(
            said.contains("'--role-arn <ARN>': not the ARN of an IAM role, like"),
            "{said}"
        );
    }
    ensure!(locked(&watch.calls).is_empty(), "it went on");
    Ok(())
}
