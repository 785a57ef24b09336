//! The page as the program serves it on this machine, for a suite's platform.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use contract::{local, page};

use crate::platform::Platform;
use crate::program;
use crate::template::workspace;

/// A running `provision page serve`, gone with its owner.
pub struct Page {
    process: Child,
    /// Where a browser finds it, with a slash at the end.
    pub url: String,
}

impl Page {
    /// Serves the committed page for a platform.
    ///
    /// # Errors
    /// Where the program is not built or does not listen.
    pub fn serve(platform: &Platform) -> Result<Self> {
        let mut process = Command::new(program::binary("provision")?)
            .args(["page", "serve", "--local", "--stack-name", platform.stack()])
            .arg("--page")
            .arg(workspace().join(page::DIR))
            .env(local::DIR_ENV, platform.local_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run provision")?;
        let stdout = process.stdout.take().context("no output")?;
        let first = BufReader::new(stdout).lines().next();
        let url = first.context("the page is not served")??;
        Ok(Self { process, url })
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
