//! An operation whose process is gone: the same command watches it to its end.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};
use platform_tests::platform::Platform;

use super::meddling::{through, with_status};

const STACK: &str = "LeftBehind";

/// How often the operation is seen running.
const LOOKS: u32 = 3;

/// Shows the last operation as one that runs, and then ends. Its events carry the token of the
/// `apply` that made the stack, whose process is gone.
struct Running {
    left: Mutex<u32>,
    at_first: &'static str,
    ended: &'static str,
}

impl Running {
    fn status(&self) -> &'static str {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if *left == 0 {
            return self.ended;
        }
        *left -= 1;
        self.at_first
    }
}

impl Meddle for Running {
    fn after(&self, call: &Call, answer: &str) -> Option<ServiceAnswer> {
        let looks = call.action == "DescribeStacks" && call.body.contains(STACK);
        looks.then(|| (200, with_status(answer, self.status())))
    }
}

pub(super) fn taken_up(engine: &Engine) -> Result<()> {
    Platform::at(engine, STACK)?.apply()?.success()?;
    let back = ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE");
    let on = ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE");
    for (command, (running, ended), code, words) in [
        (&["rollback"][..], back, 0, back.1),
        (&["continue"], back, 0, back.1),
        (
            &["rollback", "--previous"],
            on,
            3,
            "no deployment before the live one",
        ),
        (
            &["rotate-key", "--finish"],
            on,
            0,
            "the new one works alone",
        ),
        // Behind a proxy, addresses differ: it goes on, to what the engine has not.
        (&["drift", "--repair"], on, 3, "REVERT_DRIFT"),
    ] {
        let running = Running {
            left: Mutex::new(LOOKS),
            at_first: running,
            ended,
        };
        let meddler = Meddler::start(&engine.endpoint, Arc::new(running))?;
        let said = through(&meddler, STACK, command)?;
        ensure!(said.code == Some(code), "{command:?}: {said:?}");
        ensure!(said.stderr.contains("watching it to its end"), "{said:?}");
        let all = format!("{}{}", said.stdout, said.stderr);
        ensure!(all.contains(words), "{command:?}: {said:?}");
    }
    Ok(())
}
