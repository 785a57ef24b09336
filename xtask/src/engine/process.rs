//! The engine as a process: whether it lives, whether it is ours, how it is ended.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// In the command line of an engine.
const MODULE: &str = "ministack";

const POLL: Duration = Duration::from_millis(20);

/// Whether process `pid` lives and is an engine. A pid may be another program's by now.
pub fn is_engine(pid: u32) -> bool {
    is_alive_with(pid, &[MODULE])
}

/// Whether process `pid` lives and has all these words in its command line.
pub fn is_alive_with(pid: u32, words: &[&str]) -> bool {
    let has = |line: String| words.iter().all(|word| line.contains(word));
    is_alive(pid) && command_line(pid).is_some_and(has)
}

/// Whether there is a process `pid` that is more than a zombie.
pub fn is_alive(pid: u32) -> bool {
    let there = match id(pid).map(test_kill_process) {
        Some(Ok(()) | Err(Errno::PERM)) => true,
        Some(Err(_)) | None => false,
    };
    there && !is_zombie(pid)
}

/// Asks process `pid` to end (SIGTERM), as the engine needs to save its state.
pub fn terminate(pid: u32) {
    if let Some(id) = id(pid) {
        // Gone already is what we want.
        let _ = kill_process(id, Signal::TERM);
    }
}

/// Waits until `done` says so; `false` where `patience` ran out.
pub fn wait(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !done() {
        if start.elapsed() > patience {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}

fn id(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// A child of ours that ended stays a zombie until it is waited for.
fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // "PID (NAME) STATE …", where the name may hold anything.
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

fn command_line(pid: u32) -> Option<String> {
    let proc = format!("/proc/{pid}/cmdline");
    if Path::new("/proc/self/cmdline").exists() {
        return Some(String::from_utf8_lossy(&fs::read(proc).ok()?).into_owned());
    }
    let output = Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output();
    Some(String::from_utf8_lossy(&output.ok()?.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    #[test]
    fn we_live_and_are_no_engine() {
        assert!(is_alive(process::id()));
        assert!(!is_engine(process::id()));
    }

    #[test]
    fn an_ended_child_is_not_alive_even_before_it_is_waited_for() {
        let mut child = Command::new("true").spawn().unwrap();
        assert!(wait(Duration::from_secs(10), || !is_alive(child.id())));
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
    }

    #[test]
    fn a_process_is_known_by_its_command_line_and_ends_when_asked() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "read ministack"])
            .stdin(process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        assert!(wait(Duration::from_secs(10), || is_engine(child.id())));
        terminate(child.id());
        assert!(!child.wait().unwrap().success());
    }

    #[test]
    fn pids_that_cannot_be_are_not_alive() {
        assert!(!is_alive(0));
        assert!(!is_alive(u32::MAX));
    }
}
