//! A program that goes on until it is interrupted, read line by line meanwhile.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use contract::local;

use crate::engine::Engine;
use crate::{poll, program};

/// A running program.
pub struct Watched {
    child: Child,
    lines: Receiver<String>,
}

impl Watched {
    /// Starts a program of the workspace against `engine`.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn start(engine: &Engine, name: &str, arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(program::binary(name)?)
            .args(arguments)
            .env(local::DIR_ENV, engine.dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        let output = child.stdout.take().context("no output")?;
        Ok(Self {
            child,
            lines: lines_of(output),
        })
    }

    /// Starts any command, to read its progress instead of its data.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn progress(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {command:?}"))?;
        let progress = child.stderr.take().context("no progress")?;
        Ok(Self {
            child,
            lines: lines_of(progress),
        })
    }

    /// Reads on to a line with these words.
    ///
    /// # Errors
    /// With what was read, where none comes in time.
    pub fn until(&self, words: &str, patience: Duration) -> Result<()> {
        let deadline = Instant::now() + patience;
        let mut read = Vec::new();
        while let Some(line) = self.line(deadline.saturating_duration_since(Instant::now())) {
            if line.contains(words) {
                return Ok(());
            }
            read.push(line);
        }
        bail!("no `{words}` in:\n{}", read.join("\n"))
    }

    /// The next line; `None` where none comes in time.
    pub fn line(&self, patience: Duration) -> Option<String> {
        self.lines.recv_timeout(patience).ok()
    }

    /// Interrupts it as Ctrl-C does, and gives its exit code.
    ///
    /// # Errors
    /// Where it does not end.
    pub fn interrupt(mut self) -> Result<Option<i32>> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status()?;
        ensure!(sent.success(), "cannot interrupt it");
        let mut ended = None;
        let done = poll::until(poll::PATIENCE, || {
            ended = self.child.try_wait().ok().flatten();
            ended.is_some()
        });
        if !done {
            bail!("it goes on after an interrupt");
        }
        Ok(ended.and_then(|status| status.code()))
    }
}

/// The lines of a stream, as they come.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
