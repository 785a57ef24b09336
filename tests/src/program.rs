//! Running the programs as people do: the built binaries, on a suite's own engine.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

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

/// A program of the workspace, for the local platform that is described in `dir`.
///
/// # Errors
/// Where it is not built.
pub fn command(dir: &Path, program: &str, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary(program)?);
    command.args(arguments).env(local::DIR_ENV, dir);
    Ok(command)
}

/// Runs a program of the workspace against `engine`, with `input` piped into it.
///
/// # Errors
/// Where it is not built, or does not read its input.
pub fn pipe(engine: &Engine, program: &str, arguments: &[&str], input: &str) -> Result<Ended> {
    let mut child = Command::new(binary(program)?)
        .args(arguments)
        .env(local::DIR_ENV, engine.dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    // Dropped when written: the end of the input.
    let mut stdin = child.stdin.take().context("no input")?;
    let written = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().context("it does not end")?;
    let ended = Ended::of(&output);
    written.with_context(|| format!("it does not read its input: {ended:?}"))?;
    Ok(ended)
}

/// Runs any command to its end.
///
/// # Errors
/// Where it cannot be started.
pub fn ended(command: &mut Command) -> Result<Ended> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    Ok(Ended::of(&output))
}

/// A built program: beside the running one, or in the folder above a running suite's.
///
/// # Errors
/// Where it is not there.
pub fn binary(name: &str) -> Result<PathBuf> {
    let running = env::current_exe().context("cannot find the running suite")?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let beside = running.with_file_name(&file);
    if beside.exists() {
        return Ok(beside);
    }
    let profile = running
        .parent()
        .and_then(|deps| deps.parent())
        .context("no target folder")?;
    let path = profile.join(file);
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
