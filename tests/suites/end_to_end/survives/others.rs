//! What others do meanwhile: CloudFormation throttles, somebody else deploys, two deploy at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Result, anyhow, ensure};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer, cloudformation_error};
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};

use super::meddling::{apply, through, with_status, with_token};

/// Refuses the first calls of every CloudFormation action.
#[derive(Default)]
struct Throttle {
    seen: Mutex<BTreeMap<String, u32>>,
}

impl Meddle for Throttle {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        if !call.body.starts_with("Action=") || !call.body.contains("Version=2010-05-15") {
            return None;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = seen.entry(call.action.clone()).or_default();
        *calls += 1;
        (*calls == 1).then(|| cloudformation_error(400, "Throttling", "Rate exceeded"))
    }
}

pub(super) fn throttled(engine: &Engine) -> Result<()> {
    let throttle = Arc::new(Throttle::default());
    let meddler = Meddler::start(&engine.endpoint, throttle.clone())?;
    apply(&meddler, "Throttle", &[])?.success()?;
    let seen = throttle.seen.lock().unwrap_or_else(PoisonError::into_inner);
    for action in [
        "DescribeStacks",
        "CreateChangeSet",
        "ExecuteChangeSet",
        "DescribeStackEvents",
    ] {
        ensure!(
            seen.get(action).is_some_and(|&calls| calls > 1),
            "{action}: {seen:?}"
        );
    }
    Ok(())
}

/// Says another status of one stack than it has.
struct Claims {
    stack: &'static str,
    status: &'static str,
    /// Whose token the stack's events carry.
    token: Option<&'static str>,
}

impl Meddle for Claims {
    fn after(&self, call: &Call, answer: &str) -> Option<ServiceAnswer> {
        if !call.body.contains(self.stack) {
            return None;
        }
        match call.action.as_str() {
            "DescribeStacks" => Some((200, with_status(answer, self.status))),
            "DescribeStackEvents" => Some((200, with_token(answer, self.token?))),
            _ => None,
        }
    }
}

pub(super) fn unlisted(engine: &Engine) -> Result<()> {
    Platform::at(engine, "Unlisted")?.apply()?.success()?;
    let claims = Claims {
        stack: "Unlisted",
        status: "UPDATE_WAITS_FOR_SPRING",
        token: None,
    };
    let meddler = Meddler::start(&engine.endpoint, Arc::new(claims))?;
    let refused = apply(&meddler, "Unlisted", &[])?;
    ensure!(refused.code == Some(3), "{refused:?}");
    ensure!(
        refused.stderr.contains("UPDATE_WAITS_FOR_SPRING"),
        "{refused:?}"
    );
    let watched = through(&meddler, "Unlisted", &["watch"])?;
    ensure!(watched.code == Some(1), "{watched:?}");
    ensure!(
        watched
            .stderr
            .contains("error: Unlisted ended with UPDATE_WAITS_FOR_SPRING"),
        "{watched:?}"
    );
    Ok(())
}

pub(super) fn somebody_elses(engine: &Engine) -> Result<()> {
    Platform::at(engine, "Theirs")?.apply()?.success()?;
    let claims = Claims {
        stack: "Theirs",
        status: "UPDATE_IN_PROGRESS",
        token: Some("provision-4711-00c0ffee-0123456789ab-alice-at-laptop"),
    };
    let meddler = Meddler::start(&engine.endpoint, Arc::new(claims))?;
    for command in [
        &["apply", "--yes"][..],
        &["rollback", "--yes"],
        &["destroy", "--yes"],
    ] {
        let packages = program::packages()?;
        let more: &[&str] = if command[0] == "apply" {
            &["--package", &packages]
        } else {
            &[]
        };
        let refused = through(&meddler, "Theirs", &[command, more].concat())?;
        ensure!(refused.code == Some(3), "{refused:?}");
        for words in [
            "another operation is running on Theirs: UPDATE_IN_PROGRESS",
            "alice at laptop began it at 20",
            "ago",
            "cargo provision watch --local --stack-name Theirs",
        ] {
            ensure!(refused.stderr.contains(words), "no `{words}`: {refused:?}");
        }
    }
    Ok(())
}

/// Both want the same: one deploys; the other is refused, or finds nothing left to do.
pub(super) fn two_at_once(engine: &Engine) -> Result<()> {
    let platform = Platform::at(engine, "Twins")?;
    let ended: Vec<Result<Ended>> = thread::scope(|scope| {
        let both = [
            scope.spawn(|| platform.apply()),
            scope.spawn(|| platform.apply()),
        ];
        both.into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err(anyhow!("a panic"))))
            .collect()
    });
    let ended = ended.into_iter().collect::<Result<Vec<_>>>()?;
    ensure!(ended.iter().any(|one| one.code == Some(0)), "{ended:?}");
    ensure!(
        ended.iter().all(|one| matches!(one.code, Some(0 | 3))),
        "{ended:?}"
    );
    platform.apply()?.success()?;
    platform.verify()?.success().map(drop)
}

pub(super) fn bootstrap_race() -> Result<()> {
    let engine = Engine::start()?;
    let ended: Vec<Result<Ended>> = thread::scope(|scope| {
        let both = ["Romulus", "Remus"].map(|stack| {
            let engine = &engine;
            scope.spawn(move || Platform::at(engine, stack)?.apply())
        });
        both.into_iter()
            .map(|one| one.join().unwrap_or_else(|_| Err(anyhow!("a panic"))))
            .collect()
    });
    for one in ended {
        one?.success()?;
    }
    Ok(())
}
