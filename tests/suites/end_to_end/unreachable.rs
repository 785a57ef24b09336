//! A target that cannot be reached: one clear error, with what to do next.

use std::process::Command;

use anyhow::{Result, ensure};
use platform_tests::engine::Engine;
use platform_tests::program::{self, Ended};

use crate::Alone;

pub const TESTS: &[(&str, Alone)] = &[
    ("unreachable::an_engine_that_died_is_one_error", dead_engine),
    (
        "unreachable::a_region_without_credentials_is_one_error",
        no_credentials,
    ),
];

/// Killed, not stopped: its description is still there, as after a crash.
fn dead_engine() -> Result<()> {
    let engine = Engine::start()?;
    engine.stop();
    for (program, command) in [("provision", "verify"), ("ops", "smoke")] {
        let ended = program::run(&engine, program, &[command, "--local"])?;
        one_error(&ended, "cause: Connection refused", "cargo xtask up")?;
    }
    Ok(())
}

/// With nothing of the caller's environment or home, and no instance to ask.
fn no_credentials() -> Result<()> {
    for (program, command) in [("provision", "preflight"), ("ops", "smoke")] {
        let mut alone = Command::new(program::binary(program)?);
        alone
            .args([command, "--region", "us-west-2"])
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let ended = program::ended(&mut alone)?;
        one_error(&ended, "cause: no credentials were found", "aws sso login")?;
    }
    Ok(())
}

/// Holds that it failed with one error that has this cause, and a hint with this in it, and that
/// nothing went to stdout.
fn one_error(ended: &Ended, cause: &str, hint: &str) -> Result<()> {
    let lines = |start: &str| {
        let lines = ended.stderr.lines();
        lines.filter(|line| line.starts_with(start)).count()
    };
    let hinted = ended
        .stderr
        .lines()
        .any(|line| line.starts_with("hint: ") && line.contains(hint));
    ensure!(
        ended.code == Some(1)
            && ended.stdout.is_empty()
            && lines("error: ") == 1
            && lines("hint: ") == 1
            && ended.stderr.contains(cause)
            && hinted,
        "{ended:?}"
    );
    Ok(())
}
