//! Running the programs as people do: the built binaries, on a suite's own engine.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use contract::local;

use crate::engine::Engine;

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code.
    pub code: Option<i32>,
    /// Data.
    pub stdout: String,
    /// Progress and errors.
    pub stderr: String,
}

impl Ended {
    /// The same, where it ended with 0.
    ///
    /// # Errors
    /// With all that it printed, where it did not.
    pub fn success(self) -> Result<Self> {
        if self.code == Some(0) {
            return Ok(self);
        }
        bail!(
            "ended with {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.code,
            self.stdout,
            self.stderr
        )
    }
}

/// Runs a program of the workspace against `engine`.
///
/// # Errors
/// Where it is not built.
pub fn run(engine: &Engine, program: &str, arguments: &[&str]) -> Result<Ended> {
    let mut command = Command::new(binary(program)?);
    command.args(arguments).env(local::DIR_ENV, engine.dir());
    ended(&mut command)
}

/// Runs any command to its end.
///
/// # Errors
/// Where it cannot be started.
pub fn ended(command: &mut Command) -> Result<Ended> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    Ok(Ended {
        code: status.code(),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

/// A built program: in the folder above the one of the running suite.
///
/// # Errors
/// Where it is not there.
pub fn binary(name: &str) -> Result<PathBuf> {
    let suite = env::current_exe().context("cannot find the running suite")?;
    let profile = suite
        .parent()
        .and_then(|deps| deps.parent())
        .context("no target folder")?;
    let path = profile
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    if path.exists() {
        return Ok(path);
    }
    bail!(
        "{} is not built; run the suites with: cargo xtask test",
        path.display()
    )
}

/// The folder with the functions' packages.
///
/// # Errors
/// Where the variable is not set.
pub fn packages() -> Result<String> {
    env::var(local::PACKAGE_DIR_ENV).with_context(|| {
        format!(
            "{} is not set; run the suites with: cargo xtask test",
            local::PACKAGE_DIR_ENV
        )
    })
}
