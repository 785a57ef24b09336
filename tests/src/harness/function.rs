//! A function's real binary, as packaged, running as a process, or as several.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use contract::{artifact, local};
use serde_json::Value;
use tempfile::TempDir;

use super::runtime_api::{Answer, Invoker, Outcome, RuntimeApi};
use crate::{poll, program};

/// A running function.
pub struct Function {
    processes: Vec<Child>,
    api: RuntimeApi,
    timeout: Duration,
    // Holds the unpacked package.
    dir: TempDir,
}

impl Function {
    /// Unpacks and starts a function with these variables, and the engine's administrator as its
    /// credentials.
    ///
    /// # Errors
    /// Where it is not packaged, or cannot be started.
    pub fn start(function: contract::Function, variables: &[(&str, String)]) -> Result<Self> {
        Self::start_instances(function, variables, 1)
    }

    /// The same, with several processes: each answers one invocation at a time.
    ///
    /// # Errors
    /// As [`Function::start`].
    pub fn start_instances(
        function: contract::Function,
        variables: &[(&str, String)],
        instances: usize,
    ) -> Result<Self> {
        let unpacked = Unpacked::of(function)?;
        let mut started = unpacked.begin(function)?;
        for _ in 0..instances {
            started.add(function, variables)?;
        }
        Ok(started)
    }

    /// Starts one more process. It answers the next invocation, or waits for one.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn add(
        &mut self,
        function: contract::Function,
        variables: &[(&str, String)],
    ) -> Result<u32> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .context("cannot write the function's log")?;
        let errors = log.try_clone().context("cannot write the function's log")?;
        let mut command = Command::new(self.dir.path().join(artifact::BOOTSTRAP));
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", self.api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", function.name())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env(
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                function.memory_mb().to_string(),
            )
            .env("AWS_LAMBDA_LOG_GROUP_NAME", function.log_group("harness"))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "harness")
            .env("LAMBDA_TASK_ROOT", self.dir.path())
            .env("AWS_REGION", local::REGION)
            .env("AWS_ACCESS_KEY_ID", local::ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", local::ACCESS_KEY)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        let process =
            spawn(&mut command).with_context(|| format!("cannot start {}", function.name()))?;
        let id = process.id();
        self.processes.push(process);
        Ok(id)
    }

    /// Its process, the first where it has several.
    pub fn pid(&self) -> u32 {
        self.processes.first().map_or(0, Child::id)
    }

    /// What hands it events, for callers beside this one.
    pub fn invoker(&self) -> Invoker {
        self.api.invoker()
    }

    /// How long Lambda lets it run.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Hands it an event, without waiting for the answer.
    ///
    /// # Errors
    /// Where its Runtime API is gone.
    pub fn begin(&self, event: Value, timeout: Duration) -> Result<Answer> {
        self.invoker().begin(event, timeout)
    }

    /// Waits for what becomes of [`Function::begin`].
    ///
    /// # Errors
    /// Where nothing does within `timeout`; with what it logged.
    pub fn outcome(&self, answer: Answer, timeout: Duration) -> Result<Outcome> {
        let outcome = self.api.wait(timeout, answer);
        outcome.with_context(|| self.logged())
    }

    /// Waits for the answer to [`Function::begin`].
    ///
    /// # Errors
    /// Where it fails, or does not answer within `timeout`; with what it logged.
    pub fn wait(&self, answer: Answer, timeout: Duration) -> Result<Value> {
        match self.outcome(answer, timeout)? {
            Outcome::Answered(body) => serde_json::from_slice(&body)
                .with_context(|| format!("not JSON: {}", String::from_utf8_lossy(&body))),
            Outcome::Failed(body) => bail!(
                "it failed: {}\n{}",
                String::from_utf8_lossy(&body),
                self.logged()
            ),
        }
    }

    /// Invokes it and waits for the answer.
    ///
    /// # Errors
    /// Where it fails, or does not answer within `timeout`.
    pub fn invoke(&self, event: Value, timeout: Duration) -> Result<Value> {
        self.wait(self.begin(event, timeout)?, timeout)
    }

    /// When its first process was ready for an event; `None` where none is within `timeout`.
    pub fn asked_at(&self, timeout: Duration) -> Option<Instant> {
        self.api.asked_at(timeout)
    }

    /// What it has logged.
    pub fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("harness.log")
    }
}

/// Starts a program that was just written. Another thread's child may hold the file open for a
/// moment, from before it began a program of its own.
fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut spawned = command.spawn();
    poll::until(poll::PATIENCE, || {
        let busy =
            matches!(&spawned, Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy);
        if busy {
            spawned = command.spawn();
        }
        !busy
    });
    spawned
}

impl Drop for Function {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A folder with a function's executable and what comes with it.
pub struct Unpacked(TempDir);

impl Unpacked {
    /// The package of `function`.
    ///
    /// # Errors
    /// Where it is not packaged.
    pub fn of(function: contract::Function) -> Result<Self> {
        let dir = tempfile::tempdir().context("cannot make a folder for the function")?;
        let package = Path::new(&program::packages()?).join(artifact::file_name(function));
        unpack(&package, dir.path())?;
        Ok(Self(dir))
    }

    /// Any executable in a function's place.
    ///
    /// # Errors
    /// Where it cannot be copied.
    pub fn executable(path: &Path) -> Result<Self> {
        let dir = tempfile::tempdir().context("cannot make a folder for the function")?;
        fs::copy(path, dir.path().join(artifact::BOOTSTRAP))
            .with_context(|| format!("cannot copy {}", path.display()))?;
        Ok(Self(dir))
    }

    /// A function without a process yet.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn begin(self, function: contract::Function) -> Result<Function> {
        Ok(Function {
            processes: Vec::new(),
            api: RuntimeApi::start()?,
            timeout: function.timeout(),
            dir: self.0,
        })
    }
}

fn unpack(package: &Path, dir: &Path) -> Result<()> {
    let file = File::open(package).with_context(|| package.display().to_string())?;
    let mut archive = zip::ZipArchive::new(file).with_context(|| package.display().to_string())?;
    archive
        .extract(dir)
        .with_context(|| format!("cannot unpack {}", package.display()))
}
