//! A local engine of a suite's own: in memory, on a port of its own, gone with its owner.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, io};

use anyhow::{Context, Result, bail};
use contract::local;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::poll;

/// A running engine.
pub struct Engine {
    process: Mutex<Child>,
    dir: TempDir,
    /// Base URL, without a trailing slash.
    pub endpoint: String,
}

impl Engine {
    /// Starts an engine and waits until it answers.
    ///
    /// # Errors
    /// Where [`local::ENGINE_PYTHON_ENV`] is not set, or the engine does not come up.
    pub fn start() -> Result<Self> {
        let python = env::var(local::ENGINE_PYTHON_ENV).with_context(|| {
            format!(
                "{} is not set; run the suites with: cargo xtask test",
                local::ENGINE_PYTHON_ENV
            )
        })?;
        // Somebody may take the port before the engine does.
        Self::start_with(&python).or_else(|_| Self::start_with(&python))
    }

    fn start_with(python: &str) -> Result<Self> {
        let dir = tempfile::tempdir().context("cannot make a folder for the engine")?;
        let port = free_port()?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let process = spawn(python, dir.path(), port)?;
        let id = process.id();
        let engine = Self {
            process: Mutex::new(process),
            dir,
            endpoint,
        };
        engine.describe(id, port)?;
        engine.wait()?;
        Ok(engine)
    }

    /// The folder whose description of the engine the programs read ([`local::DIR_ENV`]).
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Lets `cargo xtask` find the installed engine in this one's folder, so that it installs none.
    ///
    /// # Errors
    /// Where [`local::ENGINE_PYTHON_ENV`] is not set.
    pub fn lend(&self) -> Result<()> {
        let python = env::var_os(local::ENGINE_PYTHON_ENV).context("no installed engine")?;
        let installed = Path::new(&python).ancestors().nth(2).context("no venv")?;
        let name = installed.file_name().context("no name")?;
        match symlink(installed, self.dir().join(name)) {
            // It was lent before.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked.context("cannot lend the engine"),
        }
    }

    /// Ends the program that serves a stack's page, which `cargo xtask` leaves running.
    pub fn end_page(&self, stack: &str) {
        let described = fs::read(self.dir().join(local::page_file(stack))).ok();
        let page = described.and_then(|json| serde_json::from_slice::<Value>(&json).ok());
        if let Some(pid) = page.and_then(|page| page["pid"].as_u64()) {
            // It may have ended.
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
    }

    /// Ends it. What it held is not wanted again.
    pub fn stop(&self) {
        let mut process = self.process();
        let _ = process.kill();
        let _ = process.wait();
    }

    fn process(&self) -> MutexGuard<'_, Child> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn describe(&self, pid: u32, port: u16) -> Result<()> {
        let description = json!({ "pid": pid, "port": port, "endpoint": self.endpoint });
        fs::write(self.dir().join(local::ENGINE_FILE), description.to_string())
            .context("cannot describe the engine")
    }

    fn wait(&self) -> Result<()> {
        let health = format!("{}{}", self.endpoint, local::HEALTH_PATH);
        let mut ended = None;
        let settled = poll::until(poll::PATIENCE, || {
            ended = self.process().try_wait().ok().flatten();
            ended.is_some() || ureq::get(&health).call().is_ok()
        });
        match (ended, settled) {
            (None, true) => Ok(()),
            (ended, _) => {
                let log = fs::read_to_string(self.dir().join("log")).unwrap_or_default();
                bail!("the engine did not come up ({ended:?}):\n{log}")
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

fn spawn(python: &str, dir: &Path, port: u16) -> Result<Child> {
    let tmp = dir.join("tmp");
    fs::create_dir_all(&tmp).context("cannot make the engine's folder")?;
    let log = File::create(dir.join("log")).context("cannot write the engine's log")?;
    let errors = log.try_clone().context("cannot write the engine's log")?;
    Command::new(python)
        .args(["-m", "ministack"])
        .env_clear()
        .envs(local::engine_environment(port, &tmp, None))
        .current_dir(&tmp)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .spawn()
        .context("cannot start the engine")
}

/// A port that nobody listens on.
///
/// # Errors
/// Where none is free.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}
