//! A process from its start to its end: processor time, memory, wall time.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process::peak_memory_kib;

/// Between two looks at its memory, which the system forgets when it ends.
const PAUSE: Duration = Duration::from_millis(5);

/// One of Linux's ticks, in which it counts a process's time.
const TICK: Duration = Duration::from_millis(10);

/// What a process took.
pub struct Took {
    /// On processors: all threads, also those that ended before it, and the processes that it
    /// waited for.
    pub cpu: Duration,
    /// From start to end.
    pub wall: Duration,
    /// The most it held.
    pub memory_mib: f64,
}

/// Runs a command to its end.
///
/// # Errors
/// Where it cannot be run, or fails.
pub fn run(command: &mut Command) -> Result<Took> {
    let start = Instant::now();
    let mut child = command.spawn().context("cannot run it")?;
    let mut kibibytes = 0;
    let cpu = loop {
        kibibytes = kibibytes.max(peak_memory_kib(child.id()).unwrap_or(0));
        // One that has ended and is not waited for still has its times.
        let (ended, cpu) = times(child.id())?;
        if ended {
            break cpu;
        }
        thread::sleep(PAUSE);
    };
    let wall = start.elapsed();
    let status = child.wait()?;
    ensure!(status.success(), "it ended with {status}");
    #[expect(clippy::cast_precision_loss, reason = "a few thousand KiB")]
    let memory_mib = kibibytes as f64 / 1024.0;
    Ok(Took {
        cpu,
        wall,
        memory_mib,
    })
}

/// Whether it has ended, and its time on processors.
fn times(pid: u32) -> Result<(bool, Duration)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(") ").context("no process")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<u32>().ok());
    // Its own in user and kernel mode, then those of its children.
    let ticks: Option<u32> = (11..=14).map(ticks).sum();
    Ok((
        fields.first() == Some(&"Z"),
        TICK * ticks.context("no times")?,
    ))
}
