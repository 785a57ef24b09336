//! How far a long task is, on stderr: a bar with rate and time left in a terminal, a plain line
//! every few seconds elsewhere, and a summary at the end.
//!
//! ```text
//! 120,000 of 1,000,000 supporters, 8,130/s, 1 m 48 s left
//! 1,000,000 supporters in 2 m 3 s (8,130/s)
//! ```

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::note;

/// Time between two plain lines.
const EVERY: Duration = Duration::from_secs(5);

/// A task whose rate says nothing: done faster than this, its summary names only the time.
const TOO_SHORT: Duration = Duration::from_millis(100);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// Things, as they are called.
    Things(&'static str),
    /// Bytes of what is called so.
    Bytes(&'static str),
}

/// Progress of one task. Shared by reference between all that work on it.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    unit: Unit,
    total: Option<u64>,
    start: Instant,
    /// Done, what was done before included.
    done: AtomicU64,
    /// Done before this run; not part of its rate.
    before: AtomicU64,
    said: Mutex<Instant>,
}

impl Progress {
    /// Begins at nothing of `total` `what` ("supporters").
    pub fn new(what: &'static str, total: u64) -> Self {
        Self::of(Unit::Things(what), Some(total))
    }

    /// Begins at nothing of nobody knows how many `what`.
    pub fn open(what: &'static str) -> Self {
        Self::of(Unit::Things(what), None)
    }

    /// Begins at no byte of `total` (where it is known) of `what` ("archive").
    pub fn bytes(what: &'static str, total: Option<u64>) -> Self {
        Self::of(Unit::Bytes(what), total)
    }

    fn of(unit: Unit, total: Option<u64>) -> Self {
        let start = Instant::now();
        Self {
            bar: io::stderr().is_terminal().then(|| bar(unit, total)),
            unit,
            total,
            start,
            done: AtomicU64::new(0),
            before: AtomicU64::new(0),
            said: Mutex::new(start),
        }
    }

    /// Counts `steps` as done by an earlier run.
    pub fn skip(&self, steps: u64) {
        self.before.fetch_add(steps, Ordering::Relaxed);
        self.advance(steps);
    }

    /// Counts `steps` more as done; 0 only shows that the task is alive.
    pub fn advance(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        match &self.bar {
            Some(bar) => {
                bar.set_position(done);
                bar.set_message(pace(self.unit, self.total, self.state(done)));
            }
            None if self.is_due() => note(&line(self.unit, self.total, self.state(done))),
            None => {}
        }
    }

    /// Tells the person something without breaking the bar.
    pub fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| note(text)),
            None => note(text),
        }
    }

    /// What is done so far, what was done before included.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Takes the bar away and says what was done in which time.
    pub fn finish(&self) {
        self.stop();
        note(&summary(self.unit, self.state(self.done())));
    }

    /// Takes the bar away without a word: the task failed, or speaks for itself.
    pub fn stop(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn state(&self, done: u64) -> State {
        State {
            done,
            now: done.saturating_sub(self.before.load(Ordering::Relaxed)),
            elapsed: self.start.elapsed(),
        }
    }

    /// Whether a plain line is due; if so, the next is due [`EVERY`] later.
    fn is_due(&self) -> bool {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let due = said.elapsed() >= EVERY;
        if due {
            *said = Instant::now();
        }
        due
    }
}

fn bar(unit: Unit, total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    let (template, what) = match (unit, total) {
        (Unit::Things(what), Some(_)) => {
            ("{bar:32} {human_pos} of {human_len} {prefix}{msg}", what)
        }
        (Unit::Things(what), None) => ("{spinner} {human_pos} {prefix}{msg}", what),
        (Unit::Bytes(what), Some(_)) => {
            ("{bar:32} {bytes} of {total_bytes} of {prefix}{msg}", what)
        }
        (Unit::Bytes(what), None) => ("{spinner} {bytes} of {prefix}{msg}", what),
    };
    let bar = bar.with_prefix(what);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
struct State {
    /// Done, by earlier runs too.
    done: u64,
    /// Done by this run.
    now: u64,
    elapsed: Duration,
}

impl State {
    /// Steps a second of this run.
    fn per_second(self) -> Option<u64> {
        let millis = self.elapsed.as_millis();
        let rate = u128::from(self.now) * 1000 / millis.max(1);
        (self.elapsed >= TOO_SHORT && rate > 0).then(|| u64::try_from(rate).unwrap_or(u64::MAX))
    }

    fn left(self, total: Option<u64>) -> Option<Duration> {
        let rest = total?.saturating_sub(self.done);
        Some(Duration::from_secs(rest.div_ceil(self.per_second()?)))
    }
}

fn line(unit: Unit, total: Option<u64>, state: State) -> String {
    let of = total.map_or_else(String::new, |total| format!(" of {}", amount(unit, total)));
    let name = match unit {
        Unit::Things(what) => what.to_owned(),
        Unit::Bytes(what) => format!("of {what}"),
    };
    let pace = pace(unit, total, state);
    format!("{}{of} {name}{pace}", amount(unit, state.done))
}

/// `, 8,130/s, 1 m 48 s left`, as far as it is known.
fn pace(unit: Unit, total: Option<u64>, state: State) -> String {
    let rate = state
        .per_second()
        .map(|rate| format!(", {}/s", amount(unit, rate)));
    let left = state
        .left(total)
        .map(|left| format!(", {} left", duration(left)));
    [rate, left].into_iter().flatten().collect()
}

fn summary(unit: Unit, state: State) -> String {
    let what = match unit {
        Unit::Things(what) => format!("{} {what}", amount(unit, state.done)),
        Unit::Bytes(what) => format!("{} of {what}", amount(unit, state.done)),
    };
    let rate = state
        .per_second()
        .map_or_else(String::new, |rate| format!(" ({}/s)", amount(unit, rate)));
    format!("{what} in {}{rate}", duration(state.elapsed))
}

fn amount(unit: Unit, count: u64) -> String {
    match unit {
        Unit::Things(_) => grouped(count),
        Unit::Bytes(_) => indicatif::HumanBytes(count).to_string(),
    }
}

/// A number with a comma before every three digits.
pub fn grouped(count: u64) -> String {
    indicatif::HumanCount(count).to_string()
}

/// `0.3 s`, `12 s`, `1 m 48 s`, `2 h 5 m`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} m {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPORTERS: Unit = Unit::Things("supporters");

    fn state(done: u64, now: u64, seconds: u64) -> State {
        let elapsed = Duration::from_secs(seconds);
        State { done, now, elapsed }
    }

    #[test]
    fn a_line_has_rate_and_time_left() {
        assert_eq!(
            line(SUPPORTERS, Some(1_000_000), state(120_000, 120_000, 15)),
            "120,000 of 1,000,000 supporters, 8,000/s, 1 m 50 s left"
        );
        assert_eq!(
            line(Unit::Bytes("archive"), None, state(3 << 20, 3 << 20, 3)),
            "3.00 MiB of archive, 1.00 MiB/s"
        );
    }

    #[test]
    fn what_an_earlier_run_did_is_no_part_of_the_rate() {
        assert_eq!(
            line(SUPPORTERS, Some(1000), state(900, 50, 10)),
            "900 of 1,000 supporters, 5/s, 20 s left"
        );
    }

    #[test]
    fn nothing_done_yet_promises_nothing() {
        assert_eq!(
            line(SUPPORTERS, Some(10), state(0, 0, 5)),
            "0 of 10 supporters"
        );
    }

    #[test]
    fn the_summary_has_total_time_and_rate() {
        assert_eq!(
            summary(SUPPORTERS, state(1_000_000, 1_000_000, 125)),
            "1,000,000 supporters in 2 m 5 s (8,000/s)"
        );
        assert_eq!(summary(SUPPORTERS, state(5, 5, 0)), "5 supporters in 0.0 s");
    }
}
