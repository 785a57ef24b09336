//! Ctrl-C: CloudFormation goes on, and the same command goes on with it.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};
use platform_tests::program;

use super::meddling::{apply, through};

/// Interrupts (Ctrl-C) the program at the call that starts the execution.
#[derive(Default)]
struct Interrupt {
    pid: Mutex<Option<u32>>,
    done: AtomicBool,
}

impl Meddle for Interrupt {
    fn after(&self, call: &Call, _: &str) -> Option<ServiceAnswer> {
        if call.action == "ExecuteChangeSet" && !self.done.swap(true, Ordering::SeqCst) {
            let pid = *self.pid.lock().unwrap_or_else(PoisonError::into_inner);
            let pid = pid.unwrap_or_default().to_string();
            let _ = Command::new("kill").args(["-INT", &pid]).status();
        }
        None
    }
}

pub(super) fn interrupted(engine: &Engine) -> Result<()> {
    let interrupt = Arc::new(Interrupt::default());
    let meddler = Meddler::start(&engine.endpoint, interrupt.clone())?;
    let packages = program::packages()?;
    let arguments = [
        "apply",
        "--yes",
        "--allow-second",
        "--package",
        &packages,
        "--local",
        "--stack-name",
        "Broken",
    ];
    let child = {
        // Held until the process is known: no call can come before that.
        let mut pid = interrupt.pid.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = program::command(meddler.dir(), "provision", &arguments)?;
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        *pid = Some(child.id());
        child
    };
    let output = child.wait_with_output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(1), "{output:?}");
    ensure!(
        stderr.contains("interrupted; CloudFormation goes on with Broken without us")
            && stderr.contains("the same command goes on where this one was"),
        "{stderr}"
    );
    apply(&meddler, "Broken", &[])?.success()?;
    let verify = ["verify", "--package", &packages];
    through(&meddler, "Broken", &verify)?.success().map(drop)
}
