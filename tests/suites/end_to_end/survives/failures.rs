//! Deployments that fail: before they begin, halfway without rollback, and while they roll back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use contract::Function;
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};
use platform_tests::platform::Platform;
use platform_tests::program;

use super::meddling::{apply, mixed_up, through, with_status, with_token};

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

pub(super) fn invalid(engine: &Engine) -> Result<()> {
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
pub struct Lost {
    on: AtomicBool,
}

impl Lost {
    /// From now on.
    pub fn lose(&self) {
        self.on.store(true, Ordering::SeqCst);
    }
}

impl Meddle for Lost {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        let code = call.action.starts_with("HEAD /") && call.action.contains("/functions/");
        (code && self.on.load(Ordering::SeqCst)).then(|| (200, String::new()))
    }
}

pub(super) fn no_rollback(engine: &Engine) -> Result<()> {
    let lost = Arc::new(Lost::default());
    let meddler = Meddler::start(&engine.endpoint, lost.clone())?;
    apply(&meddler, "Paused", &[])?.success()?;
    let other = mixed_up(Function::Search, Function::WsConnect)?;
    let other = other.path().to_string_lossy();
    let changed = ["apply", "--yes", "--package", &other];
    let failing = [&changed[..], &["--no-rollback"]].concat();

    lost.lose();
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

pub(super) fn stuck(engine: &Engine) -> Result<()> {
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
