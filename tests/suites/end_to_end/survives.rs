//! What a deployment meets on its way: throttling, other deployments, interruptions, failures.
//! A proxy before the engine answers as CloudFormation does on AWS, where the engine never would.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, thread};

use anyhow::{Context, Result, anyhow, ensure};
use contract::{Function, artifact};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer, cloudformation_error};
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Alone, Break};

pub const ALONE: &[(&str, Alone)] = &[(
    "survives::two_first_deployments_at_once_make_one_bootstrap_stack",
    bootstrap_race,
)];

pub const TESTS: &[(&str, Break)] = &[
    ("survives::throttling_is_waited_out", throttled),
    ("survives::a_status_that_nobody_listed_is_shown", unlisted),
    (
        "survives::a_second_deployment_learns_who_and_since_when",
        somebody_elses,
    ),
    (
        "survives::of_two_deployments_at_once_none_fails",
        two_at_once,
    ),
    (
        "survives::an_interrupted_deployment_goes_on_and_is_watched_again",
        interrupted,
    ),
    (
        "survives::what_validation_found_is_said_with_what_to_do",
        invalid,
    ),
    (
        "survives::without_rollback_what_succeeded_stays_and_the_next_apply_goes_on",
        no_rollback,
    ),
    ("survives::a_stuck_stack_is_freed", stuck),
];

/// A program at a stack, through a proxy.
pub fn through(meddler: &Meddler, stack: &str, arguments: &[&str]) -> Result<Ended> {
    let target = ["--local", "--stack-name", stack];
    let mut command = program::command(
        meddler.dir(),
        "provision",
        &[arguments, &target[..]].concat(),
    )?;
    program::ended(&mut command)
}

fn apply(meddler: &Meddler, stack: &str, more: &[&str]) -> Result<Ended> {
    let packages = program::packages()?;
    let arguments = ["apply", "--yes", "--allow-second", "--package", &packages];
    through(meddler, stack, &[&arguments[..], more].concat())
}

/// Packages like the suite's, but with one function's code being another's.
pub fn mixed_up(function: Function, other: Function) -> Result<TempDir> {
    let packages = std::path::PathBuf::from(program::packages()?);
    let text = fs::read_to_string(packages.join(artifact::MANIFEST))?;
    let mut manifest: Value = serde_json::from_str(&text)?;
    let entries = manifest["functions"]
        .as_object_mut()
        .context("no functions")?;
    for (_, entry) in entries.iter_mut() {
        let file = entry["file"].as_str().context("no file")?;
        entry["file"] = json!(packages.join(file));
    }
    let other = entries[other.name()].clone();
    entries.insert(function.name().to_owned(), other);
    let dir = tempfile::tempdir()?;
    fs::write(dir.path().join(artifact::MANIFEST), manifest.to_string())?;
    Ok(dir)
}

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

fn throttled(engine: &Engine) -> Result<()> {
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

/// The answer of `DescribeStacks`, with another status.
pub fn with_status(answer: &str, status: &str) -> String {
    between(answer, "<StackStatus>", "</StackStatus>", status)
}

/// The answer of `DescribeStackEvents`, with another operation's token.
pub fn with_token(answer: &str, token: &str) -> String {
    let (start, end) = ("<ClientRequestToken>", "</ClientRequestToken>");
    between(answer, start, end, token)
}

/// Every text between `start` and `end`, made another.
fn between(text: &str, start: &str, end: &str, other: &str) -> String {
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let rest = part.split_once(end).map_or("", |(_, rest)| rest);
        out + start + other + end + rest
    })
}

fn unlisted(engine: &Engine) -> Result<()> {
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

fn somebody_elses(engine: &Engine) -> Result<()> {
    Platform::at(engine, "Theirs")?.apply()?.success()?;
    let claims = Claims {
        stack: "Theirs",
        status: "UPDATE_IN_PROGRESS",
        token: Some("provision-4711-0123456789ab-alice-at-laptop"),
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
fn two_at_once(engine: &Engine) -> Result<()> {
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

fn bootstrap_race() -> Result<()> {
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

/// Interrupts (Ctrl-C) the program at the call that starts the execution.
#[derive(Default)]
struct Interrupt {
    pid: Mutex<Option<u32>>,
    done: AtomicBool,
}

impl Meddle for Interrupt {
    fn after(&self, call: &Call, _: &str) -> Option<ServiceAnswer> {
        if call.action == "ExecuteChangeSet" && !self.done.swap(true, Ordering::SeqCst) {
            let pid = *self.pid.lock().unwrap_or_else(PoisonError::into_inner);
            let pid = pid.unwrap_or_default().to_string();
            let _ = Command::new("kill").args(["-INT", &pid]).status();
        }
        None
    }
}

fn interrupted(engine: &Engine) -> Result<()> {
    let interrupt = Arc::new(Interrupt::default());
    let meddler = Meddler::start(&engine.endpoint, interrupt.clone())?;
    let packages = program::packages()?;
    let arguments = [
        "apply",
        "--yes",
        "--allow-second",
        "--package",
        &packages,
        "--local",
        "--stack-name",
        "Broken",
    ];
    let child = {
        // Held until the process is known: no call can come before that.
        let mut pid = interrupt.pid.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = program::command(meddler.dir(), "provision", &arguments)?;
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        *pid = Some(child.id());
        child
    };
    let output = child.wait_with_output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(1), "{output:?}");
    ensure!(
        stderr.contains("interrupted; CloudFormation goes on with Broken without us")
            && stderr.contains("the same command goes on where this one was"),
        "{stderr}"
    );
    apply(&meddler, "Broken", &[])?.success()?;
    let verify = ["verify", "--package", &packages];
    through(&meddler, "Broken", &verify)?.success().map(drop)
}

/// Refuses a change set as early validation does.
struct Early;

const FAILED: &str = "<DescribeChangeSetResponse><DescribeChangeSetResult>\
    <ChangeSetName>c</ChangeSetName><Status>FAILED</Status><StatusReason>The following \
    hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot \
    Early Validation errors, use the DescribeEvents API for detailed failure \
    information.</StatusReason></DescribeChangeSetResult></DescribeChangeSetResponse>";

const EVENTS: &str = "<DescribeEventsResponse><DescribeEventsResult><OperationEvents><member>\
    <EventId>1</EventId><EventType>VALIDATION_ERROR</EventType>\
    <LogicalResourceId>SearchLogGroup</LogicalResourceId>\
    <ResourceType>AWS::Logs::LogGroup</ResourceType>\
    <ValidationName>NAME_CONFLICT_VALIDATION</ValidationName>\
    <ValidationStatus>FAILED</ValidationStatus><ValidationStatusReason>Resource of type \
    'AWS::Logs::LogGroup' with identifier '/aws/lambda/Early-search' already \
    exists.</ValidationStatusReason></member></OperationEvents></DescribeEventsResult>\
    </DescribeEventsResponse>";

impl Meddle for Early {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        match call.action.as_str() {
            "DescribeChangeSet" => Some((200, FAILED.to_owned())),
            // A name alone is refused: the whole ARN is what is asked for.
            "DescribeEvents" if call.body.contains("ChangeSetName=arn%3A") => {
                Some((200, EVENTS.to_owned()))
            }
            _ => None,
        }
    }
}

fn invalid(engine: &Engine) -> Result<()> {
    let meddler = Meddler::start(&engine.endpoint, Arc::new(Early))?;
    let refused = apply(&meddler, "Early", &[])?;
    ensure!(refused.code == Some(1), "{refused:?}");
    for words in [
        "CloudFormation refuses to change Early; nothing was changed",
        "SearchLogGroup (AWS::Logs::LogGroup, declared at provision/src/stacks/functions.rs:",
        "aws logs delete-log-group --log-group-name '/aws/lambda/Early-search'",
    ] {
        ensure!(refused.stderr.contains(words), "no `{words}`: {refused:?}");
    }
    // Nothing is left behind: the next deployment makes it.
    Platform::at(engine, "Early")?.apply()?.success().map(drop)
}

/// Says of every object that it is there already, so that none is uploaded.
#[derive(Default)]
struct Lost {
    on: AtomicBool,
}

impl Meddle for Lost {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        let code = call.action.starts_with("HEAD /") && call.action.contains("/functions/");
        (code && self.on.load(Ordering::SeqCst)).then(|| (200, String::new()))
    }
}

fn no_rollback(engine: &Engine) -> Result<()> {
    let lost = Arc::new(Lost::default());
    let meddler = Meddler::start(&engine.endpoint, lost.clone())?;
    apply(&meddler, "Paused", &[])?.success()?;
    let other = mixed_up(Function::Search, Function::WsConnect)?;
    let other = other.path().to_string_lossy();
    let changed = ["apply", "--yes", "--package", &other];
    let failing = [&changed[..], &["--no-rollback"]].concat();

    lost.on.store(true, Ordering::SeqCst);
    let failed = through(&meddler, "Paused", &failing)?;
    ensure!(failed.code == Some(1), "{failed:?}");
    for words in [
        "error: Paused ended with UPDATE_FAILED",
        "cause: SearchFunction (AWS::Lambda::Function, declared at provision/src/stacks/functions.rs:",
        "what succeeded is kept",
        "cargo provision rollback --local --stack-name Paused",
    ] {
        ensure!(failed.stderr.contains(words), "no `{words}`: {failed:?}");
    }
    let back = through(&meddler, "Paused", &["rollback", "--yes"])?.success()?;
    ensure!(back.stdout.contains("UPDATE_ROLLBACK_COMPLETE"), "{back:?}");
    let packages = program::packages()?;
    through(&meddler, "Paused", &["verify", "--package", &packages])?.success()?;

    ensure!(
        through(&meddler, "Paused", &failing)?.code == Some(1),
        "it fails again"
    );
    lost.on.store(false, Ordering::SeqCst);
    let on = through(&meddler, "Paused", &changed)?.success()?;
    ensure!(on.stderr.contains("going on, without rollback"), "{on:?}");
    through(&meddler, "Paused", &["verify", "--package", &other])?
        .success()
        .map(drop)
}

/// A stack whose rollback failed, until somebody continues it.
#[derive(Default)]
struct Stuck {
    token: Mutex<Option<String>>,
}

impl Meddle for Stuck {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        if call.action != "ContinueUpdateRollback" {
            return None;
        }
        let mut pairs = call.body.split('&');
        let token = pairs.find_map(|pair| pair.strip_prefix("ClientRequestToken="));
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token.map(str::to_owned);
        let skips = call.body.contains("ResourcesToSkip.member.1=SearchRole");
        let answer = "<ContinueUpdateRollbackResponse><ContinueUpdateRollbackResult/>\
                      </ContinueUpdateRollbackResponse>";
        skips.then(|| (200, answer.to_owned()))
    }

    fn after(&self, call: &Call, answer: &str) -> Option<ServiceAnswer> {
        if !call.body.contains("Stuck") {
            return None;
        }
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        match (call.action.as_str(), token.as_deref()) {
            ("DescribeStacks", None) => Some((200, with_status(answer, "UPDATE_ROLLBACK_FAILED"))),
            ("DescribeStacks", _) => Some((200, with_status(answer, "UPDATE_ROLLBACK_COMPLETE"))),
            ("DescribeStackEvents", Some(token)) => Some((200, with_token(answer, token))),
            _ => None,
        }
    }
}

fn stuck(engine: &Engine) -> Result<()> {
    Platform::at(engine, "Stuck")?.apply()?.success()?;
    let meddler = Meddler::start(&engine.endpoint, Arc::new(Stuck::default()))?;
    let refused = apply(&meddler, "Stuck", &[])?;
    ensure!(refused.code == Some(3), "{refused:?}");
    let next = "cargo provision continue --local --stack-name Stuck";
    ensure!(refused.stderr.contains(next), "{refused:?}");
    let freed = through(
        &meddler,
        "Stuck",
        &["continue", "--yes", "--skip", "SearchRole"],
    )?;
    let freed = freed.success()?;
    ensure!(
        freed.stdout.contains("UPDATE_ROLLBACK_COMPLETE"),
        "{freed:?}"
    );
    let whole = through(&meddler, "Stuck", &["continue", "--yes"])?;
    ensure!(whole.code == Some(3), "{whole:?}");
    Ok(())
}
