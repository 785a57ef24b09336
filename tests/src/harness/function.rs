//! A function's real binary, as packaged, running as a process.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use contract::{artifact, local};
use serde_json::Value;
use tempfile::TempDir;

use super::runtime_api::{Outcome, RuntimeApi};
use crate::program;

/// A running function.
pub struct Function {
    process: Child,
    api: RuntimeApi,
    // Holds the unpacked package.
    _dir: TempDir,
}

impl Function {
    /// Unpacks and starts a function with these variables, and the engine's administrator as its
    /// credentials.
    ///
    /// # Errors
    /// Where it is not packaged, or cannot be started.
    pub fn start(function: contract::Function, variables: &[(&str, String)]) -> Result<Self> {
        let dir = tempfile::tempdir().context("cannot make a folder for the function")?;
        let package = Path::new(&program::packages()?).join(artifact::file_name(function));
        unpack(&package, dir.path())?;
        let api = RuntimeApi::start()?;
        let process = Command::new(dir.path().join(artifact::BOOTSTRAP))
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", function.name())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env(
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                function.memory_mb().to_string(),
            )
            .env("AWS_LAMBDA_LOG_GROUP_NAME", function.log_group("harness"))
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "harness")
            .env("LAMBDA_TASK_ROOT", dir.path())
            .env("AWS_REGION", local::REGION)
            .env("AWS_ACCESS_KEY_ID", local::ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", local::ACCESS_KEY)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", function.name()))?;
        Ok(Self {
            process,
            api,
            _dir: dir,
        })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Invokes it and waits for the answer.
    ///
    /// # Errors
    /// Where it fails, or does not answer within `timeout`.
    pub fn invoke(&self, event: Value, timeout: Duration) -> Result<Value> {
        match self.api.invoke(event, timeout)? {
            Outcome::Answered(body) => serde_json::from_slice(&body).context("not JSON"),
            Outcome::Failed(body) => bail!("it failed: {}", String::from_utf8_lossy(&body)),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn unpack(package: &Path, dir: &Path) -> Result<()> {
    let file = File::open(package).with_context(|| package.display().to_string())?;
    let mut archive = zip::ZipArchive::new(file).with_context(|| package.display().to_string())?;
    archive
        .extract(dir)
        .with_context(|| format!("cannot unpack {}", package.display()))
}
