//! Progress of an operation on stderr: one living line in a terminal, a line a
//! look elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::stack::Event;
use crate::output::note;

/// Shows an operation's events.
pub struct Progress {
    bar: ProgressBar,
    total: usize,
    done: usize,
}

impl Progress {
    /// For an operation on about `total` resources; 0 where that is not known.
    pub fn new(total: usize) -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar,
            total,
            done: 0,
        }
    }

    /// Shows what happened since the last look: failures stay on the screen, the rest passes by.
    pub fn events(&mut self, events: &[Event], stack_id: &str) {
        let mut last = None;
        for event in events {
            if !event.is_of_stack(stack_id) && !event.status.ends_with("_IN_PROGRESS") {
                self.done += 1;
            }
            last = Some(self.line(event));
            if event.status.ends_with("_FAILED") {
                self.keep(&last.take().unwrap_or_default());
            }
        }
        match last {
            Some(line) if self.bar.is_hidden() => note(&format_args!("  {line}")),
            Some(line) => self.bar.set_message(line),
            None => {}
        }
    }

    fn keep(&self, line: &str) {
        if self.bar.is_hidden() {
            note(&format_args!("  {line}"));
        } else {
            self.bar.println(format!("  {line}"));
        }
    }

    fn line(&self, event: &Event) -> String {
        let count = match self.total {
            0 => String::new(),
            total => format!("{}/{total} ", self.done.min(total)),
        };
        let reason = match &event.reason {
            Some(reason) if event.status.ends_with("_FAILED") => format!(": {reason}"),
            _ => String::new(),
        };
        format!("{count}{} {}{reason}", event.status, event.resource)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
