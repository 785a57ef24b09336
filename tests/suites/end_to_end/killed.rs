//! `apply` killed (SIGKILL) at every stage, and run again: it always ends deployed.
//!
//! A stage is a call to a service that the program never hears the answer of, since it is killed at
//! that moment; a proxy before the engine sees to it.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use contract::{Function, Table, artifact};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};
use platform_tests::platform::Platform;
use platform_tests::poll;
use platform_tests::program::{self, Ended};

use crate::{Alone, Break, in_turn};

pub const ALONE: &[(&str, Alone)] = &[(
    "killed::apply_killed_around_the_bootstrap_stack_ends_deployed_when_run_again",
    first_deployment,
)];

pub const TESTS: &[(&str, Break)] = &[
    (
        "killed::apply_killed_at_any_call_ends_deployed_when_run_again",
        any_call,
    ),
    (
        "killed::an_update_killed_at_any_call_ends_deployed_when_run_again",
        any_call_of_an_update,
    ),
    (
        "killed::apply_killed_at_any_moment_ends_deployed_when_run_again",
        any_moment,
    ),
];

/// The calls that change something, in the order of a first deployment, with which one of its kind.
const BOOTSTRAP: [(&str, usize); 3] = [
    ("CreateChangeSet", 1),
    ("ExecuteChangeSet", 1),
    ("PUT /", 1),
];

/// As [`BOOTSTRAP`], where the bootstrap stack is there and the packages are uploaded.
const PLATFORM: [(&str, usize); 10] = [
    ("CreateChangeSet", 1),
    ("DescribeChangeSet", 1),
    ("ExecuteChangeSet", 1),
    ("DescribeStackEvents", 1),
    ("UpdateTable", 1),
    ("UpdateTable", 4),
    ("UpdateTimeToLive", 1),
    ("UpdateContinuousBackups", 2),
    ("PutRolePolicy", 1),
    ("POST /restapis/", 2),
];

/// As [`PLATFORM`], where a deployed platform changes, and one function's code was exchanged by hand.
const UPDATE: [(&str, usize); 6] = [
    ("CreateChangeSet", 1),
    ("DescribeChangeSet", 1),
    // The deployment before is kept.
    ("PUT /", 1),
    ("ExecuteChangeSet", 1),
    ("DescribeStackEvents", 1),
    ("PUT /2015-03-31/functions/", 1),
];

/// Kills a program at a call.
struct Killer {
    action: &'static str,
    /// Calls of the kind that are still passed on.
    left: Mutex<usize>,
    victim: Mutex<Option<Child>>,
}

impl Killer {
    fn new((action, nth): (&'static str, usize)) -> Arc<Self> {
        Arc::new(Self {
            action,
            left: Mutex::new(nth),
            victim: Mutex::new(None),
        })
    }

    fn victim(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.victim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the call; once.
    fn strikes_at(&self, call: &Call) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = call.action.starts_with(self.action) && *left > 0;
        if counts {
            *left -= 1;
        }
        counts && *left == 0
    }
}

impl Meddle for Killer {
    /// The service has done what it was asked to; nobody learns of it.
    fn after(&self, call: &Call, _: &str) -> Option<ServiceAnswer> {
        if !self.strikes_at(call) {
            return None;
        }
        // Kill and wait: a zombie would still look like a running deployment for a moment.
        if let Some(victim) = self.victim().as_mut() {
            let _ = victim.kill();
            let _ = victim.wait();
        }
        None
    }
}

/// Runs `apply`, which is killed, then again, which has to end well.
fn killed_then_again(
    engine: &str,
    stack: &str,
    stage: (&'static str, usize),
    more: &[&str],
) -> Result<()> {
    let killer = Killer::new(stage);
    let meddler = Meddler::start(engine, killer.clone())?;
    {
        // Held until the victim is known: no call can strike before that.
        let mut victim = killer.victim();
        let mut first = apply(&meddler, stack, more)?;
        first.stdout(Stdio::null()).stderr(Stdio::null());
        *victim = Some(first.spawn().context("cannot run apply")?);
    }
    let was_killed = wait(&killer)?;
    ensure!(was_killed, "{stage:?} was never called: no such stage");
    again(&meddler, stack, more).with_context(|| format!("after a kill at {stage:?}"))
}

fn apply(meddler: &Meddler, stack: &str, more: &[&str]) -> Result<std::process::Command> {
    let packages = program::packages()?;
    let arguments = [
        "apply",
        "--local",
        "--yes",
        "--allow-second",
        "--stack-name",
        stack,
        "--package",
        &packages,
    ];
    let arguments = [&arguments[..], more].concat();
    program::command(meddler.dir(), "provision", &arguments)
}

/// Whether the victim was killed, not ended.
fn wait(killer: &Killer) -> Result<bool> {
    let mut ended = None;
    let in_time = poll::until(Duration::from_mins(10), || {
        ended = killer
            .victim()
            .as_mut()
            .and_then(|victim| victim.try_wait().ok().flatten());
        ended.is_some()
    });
    ensure!(in_time, "apply does not end");
    Ok(ended.is_some_and(|status| status.code().is_none()))
}

fn again(meddler: &Meddler, stack: &str, more: &[&str]) -> Result<()> {
    program::ended(&mut apply(meddler, stack, more)?)?.success()?;
    let packages = program::packages()?;
    let arguments = [
        "verify",
        "--local",
        "--stack-name",
        stack,
        "--package",
        &packages,
    ];
    let verified: Ended = program::ended(&mut program::command(
        meddler.dir(),
        "provision",
        &arguments,
    )?)?;
    verified.success().map(drop)
}

/// All of these at the same time, each with a stack of its own.
fn each<T: Copy + Send>(stages: &[T], run: impl Fn(usize, T) -> Result<()> + Sync) -> Result<()> {
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = stages
            .iter()
            .enumerate()
            .map(|(index, &stage)| scope.spawn(move || run(index, stage)))
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a panic"))))
    })
}

/// Each with an engine of its own: a bootstrap stack is made once a region.
fn first_deployment() -> Result<()> {
    each(&BOOTSTRAP, |_, stage| {
        let engine = Engine::start()?;
        killed_then_again(&engine.endpoint, "First", stage, &[])
    })
}

fn any_call(engine: &Engine) -> Result<()> {
    let _turn = in_turn();
    each(&PLATFORM, |index, stage| {
        killed_then_again(&engine.endpoint, &format!("Killed{index}"), stage, &[])
    })
}

fn any_call_of_an_update(engine: &Engine) -> Result<()> {
    let _turn = in_turn();
    each(&UPDATE, |index, stage| {
        let stack = format!("Updated{index}");
        let platform = Platform::at(engine, &stack)?;
        platform.apply()?.success()?;
        platform.put_supporter("kept")?;
        let zip = Path::new(&program::packages()?).join(artifact::file_name(Function::WsConnect));
        let code = format!("search={}", zip.display());
        let swap = platform.run("provision", &["hotswap", "--code", &code])?;
        swap.success()?;
        let change = ["--log-retention-days", "90"];
        killed_then_again(&engine.endpoint, &stack, stage, &change)?;
        let kept = platform.items_of(Table::Users, "kept")?;
        ensure!(kept == 1, "{stage:?} lost data");
        Ok(())
    })
}

/// Passes everything on.
struct Nothing;

impl Meddle for Nothing {}

/// Moments of a first deployment, in milliseconds, by a seeded generator.
fn any_moment(engine: &Engine) -> Result<()> {
    let mut seed = 20_261_123_u64;
    let moments: Vec<u64> = (0..4)
        .map(|_| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            50 + (seed >> 33) % 900
        })
        .collect();
    each(&moments, |index, moment| {
        let stack = format!("Moment{index}");
        let meddler = Meddler::start(&engine.endpoint, Arc::new(Nothing))?;
        let mut first = apply(&meddler, &stack, &[])?;
        let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        // The moment itself, unless it ends before.
        poll::until(Duration::from_millis(moment), || {
            matches!(first.try_wait(), Ok(Some(_)))
        });
        let _ = first.kill();
        let _ = first.wait();
        again(&meddler, &stack, &[]).with_context(|| format!("after a kill at {moment} ms"))
    })
}
