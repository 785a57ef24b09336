//! The whole, from outside: real HTTP, real sockets, real function processes, on a local engine
//! with IAM enforcement on.
//!
//! One engine for the run, started and stopped here. Tests that only look share one platform;
//! tests that break something deploy one of their own, so all can run at once.

mod archive_faults;
mod backup;
mod browser;
mod chat;
mod chats;
mod contract_documents;
mod deployer;
mod doctor;
mod downstream;
mod drift;
mod emitted;
mod examples;
mod exports;
mod faults;
mod harness;
mod holds;
mod hotswap;
mod killed;
mod least_privilege;
mod logs;
mod mutations;
mod mutations_by_hand;
mod mutations_further;
mod on_aws;
mod plan;
mod policies;
mod rest;
mod restore;
mod rights;
mod role;
mod rotation;
mod seed;
mod sockets;
mod stack;
mod status;
mod streaming;
mod survives;
mod takedown;
mod unreachable;
mod upgrade;
mod user;
mod workshop;

use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::Result;
use contract::naming;
use libtest_mimic::{Arguments, Failed, Trial};
use platform_tests::engine::Engine;
use platform_tests::platform::Platform;

/// A test of the shared platform.
type Look = fn(&Platform) -> Result<()>;

/// A test that needs an engine, and deploys what it breaks.
type Break = fn(&Engine) -> Result<()>;

/// A test that needs nothing of the run's.
type Alone = fn() -> Result<()>;

static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();
static PLATFORM: OnceLock<Result<Platform<'static>, String>> = OnceLock::new();

/// Held by tests that keep the engine busy. Two of them at once would make the calls of others time
/// out, whose functions' patience is the real one.
static BUSY: Mutex<()> = Mutex::new(());

fn in_turn() -> MutexGuard<'static, ()> {
    BUSY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn main() -> ExitCode {
    let looks = rest::TESTS
        .iter()
        .chain(sockets::TESTS)
        .chain(harness::TESTS)
        .chain(chat::TESTS)
        .chain(chats::TESTS)
        .chain(streaming::TESTS)
        .chain(downstream::TESTS)
        .chain(policies::TESTS)
        .chain(logs::TESTS)
        .chain(status::TESTS)
        .chain(emitted::TESTS)
        .chain(mutations::LOOKS)
        .chain(rights::LOOKS)
        .chain(doctor::TESTS)
        .chain(drift::LOOKS)
        .chain(plan::LOOKS)
        .chain(seed::LOOKS)
        .chain(stack::LOOKS)
        .chain(browser::looks());
    let breaks = stack::BREAKS
        .iter()
        .chain(plan::BREAKS)
        .chain(contract_documents::TESTS)
        .chain(faults::TESTS)
        .chain(killed::TESTS)
        .chain(survives::TESTS)
        .chain(role::TESTS)
        .chain(deployer::TESTS)
        .chain(takedown::TESTS)
        .chain(least_privilege::TESTS)
        .chain(archive_faults::TESTS)
        .chain(backup::TESTS)
        .chain(exports::TESTS)
        .chain(holds::TESTS)
        .chain(restore::TESTS)
        .chain(rights::BREAKS)
        .chain(seed::BREAKS)
        .chain(drift::BREAKS)
        .chain(rotation::TESTS)
        .chain(hotswap::TESTS)
        .chain(upgrade::TESTS)
        .chain(workshop::TESTS)
        .chain(mutations_further::TESTS)
        .chain(browser::breaks());
    let trials = looks
        .map(|&(name, test)| trial(name, move || test(platform()?)))
        .chain(breaks.map(|&(name, test)| trial(name, move || test(engine()?))))
        .chain(
            unreachable::TESTS
                .iter()
                .chain(killed::ALONE)
                .chain(deployer::ALONE)
                .chain(survives::ALONE)
                .chain(takedown::ALONE)
                .chain(workshop::ALONE)
                .chain(browser::alone())
                .map(|&(name, test)| trial(name, test)),
        )
        .chain(mutations::tests().map(|(name, test)| trial(&name, move || test(engine()?))))
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    browser::stop();
    // A static is never dropped; the engine must not outlive the run.
    if let Some(Ok(engine)) = ENGINE.get() {
        engine.stop();
    }
    conclusion.exit_code()
}

fn trial(name: &str, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test().map_err(|error| Failed::from(format!("{error:?}")))
    })
}

/// The run's engine, for a test that deploys a stack of its own. The shared platform is there
/// first: one deployment makes the bootstrap stack, not many at once.
fn engine() -> Result<&'static Engine> {
    platform()?;
    started()
}

/// The run's engine, started by the first test that needs it.
fn started() -> Result<&'static Engine> {
    let engine = ENGINE.get_or_init(|| Engine::start().map_err(|error| format!("{error:?}")));
    engine
        .as_ref()
        .map_err(|error| anyhow::anyhow!("no engine: {error}"))
}

/// The shared platform, deployed by the first test that needs it.
fn platform() -> Result<&'static Platform<'static>> {
    let engine = started()?;
    let platform = PLATFORM.get_or_init(|| {
        Platform::deploy(engine, naming::DEFAULT_STACK).map_err(|error| format!("{error:?}"))
    });
    platform
        .as_ref()
        .map_err(|error| anyhow::anyhow!("no platform: {error}"))
}
