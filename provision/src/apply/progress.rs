//! Progress of an operation on stderr: one living line in a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::stack::Event;

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

    /// Shows one event: failures stay on the screen, the rest passes by.
    pub fn event(&mut self, event: &Event, stack_id: &str) {
        let whole = event.is_of_stack(stack_id);
        let ended = !event.status.ends_with("_IN_PROGRESS");
        if ended && !whole {
            self.done += 1;
        }
        let line = self.line(event);
        let failed = event.status.ends_with("_FAILED");
        if self.bar.is_hidden() {
            if ended || whole {
                eprintln!("  {line}");
            }
        } else if failed {
            self.bar.println(format!("  {line}"));
        }
        self.bar.set_message(line);
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
