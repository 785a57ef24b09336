//! How far a long task is: a bar in a terminal, a line for each tenth elsewhere.

use std::cell::Cell;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::note;

/// Progress towards a known total, on stderr.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    total: u64,
    done: Cell<u64>,
}

impl Progress {
    /// Begins at nothing of `total` `what` ("supporters").
    pub fn new(what: &'static str, total: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            bar.set_message(what);
            match ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} ({eta} left)") {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        let done = Cell::new(0);
        Self {
            bar,
            what,
            total,
            done,
        }
    }

    /// Counts `steps` more as done.
    pub fn advance(&self, steps: u64) {
        let before = self.done.get();
        let now = before + steps;
        self.done.set(now);
        match &self.bar {
            Some(bar) => bar.set_position(now),
            None => {
                if tenth(now, self.total) > tenth(before, self.total) {
                    note(&format!("{now}/{} {}", self.total, self.what));
                }
            }
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn tenth(done: u64, total: u64) -> u64 {
    done * 10 / total.max(1)
}
