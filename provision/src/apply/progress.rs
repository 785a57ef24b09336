//! Progress of an operation on stderr: one living line in a terminal, a line a
//! look elsewhere.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::stack::Event;
use crate::output::note;

/// Resources that the living line names; the others are counted.
const NAMED: usize = 3;

/// Shows an operation's events.
pub struct Progress {
    bar: ProgressBar,
    count: Count,
    started: Instant,
}

impl Progress {
    /// For an operation on about `total` resources; 0 where that is not known.
    pub fn new(total: usize) -> Self {
        let (bar, template) = match total {
            0 => (ProgressBar::new_spinner(), "{spinner} {elapsed:>4} {msg}"),
            total => (
                ProgressBar::new(total as u64),
                "{spinner} {bar:24} {pos}/{len} {elapsed:>4} {wide_msg}",
            ),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self {
            bar,
            count: Count::new(total),
            started: Instant::now(),
        }
    }

    /// Shows what happened since the last look: failures stay on the screen, the rest passes by.
    pub fn events(&mut self, events: &[Event], stack_id: &str) {
        let Some(newest) = events.last() else { return };
        for event in events {
            self.count.take(event, stack_id);
            if event.status.ends_with("_FAILED") {
                self.keep(event);
            }
        }
        if !self.bar.is_hidden() {
            self.bar.set_position(self.count.done() as u64);
            self.bar.set_message(self.count.current(newest));
        } else if !newest.status.ends_with("_FAILED") {
            note(&format_args!("  {}", self.line(newest)));
        }
    }

    fn keep(&self, event: &Event) {
        let line = self.line(event);
        if self.bar.is_hidden() {
            note(&format_args!("  {line}"));
        } else {
            self.bar.println(format!("  {line}"));
        }
    }

    fn line(&self, event: &Event) -> String {
        let reason = match &event.reason {
            Some(reason) if event.status.ends_with("_FAILED") => format!(": {reason}"),
            _ => String::new(),
        };
        let seconds = self.started.elapsed().as_secs();
        format!(
            "{}{seconds:3} s  {} {}{reason}",
            self.count, event.status, event.resource
        )
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Which resources are done, and which are at work.
#[derive(Debug, Default)]
struct Count {
    total: usize,
    done: BTreeSet<String>,
    working: BTreeSet<String>,
}

impl Count {
    fn new(total: usize) -> Self {
        Self {
            total,
            ..Self::default()
        }
    }

    fn take(&mut self, event: &Event, stack_id: &str) {
        if event.is_of_stack(stack_id) {
            return;
        }
        if event.status.ends_with("_IN_PROGRESS") {
            self.working.insert(event.resource.clone());
        } else {
            self.working.remove(&event.resource);
            self.done.insert(event.resource.clone());
        }
    }

    /// Never more than there are: a rollback touches what no plan named.
    fn done(&self) -> usize {
        match self.total {
            0 => self.done.len(),
            total => self.done.len().min(total),
        }
    }

    /// `UsersTable, SearchRole, SearchFunction and 4 more`; the newest event where nothing is at work.
    fn current(&self, newest: &Event) -> String {
        if self.working.is_empty() {
            return format!("{} {}", newest.status, newest.resource);
        }
        let named: Vec<&str> = self
            .working
            .iter()
            .take(NAMED)
            .map(String::as_str)
            .collect();
        match self.working.len() - named.len() {
            0 => named.join(", "),
            more => format!("{} and {more} more", named.join(", ")),
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.total {
            0 => Ok(()),
            total => write!(f, "{:>3}/{total} ", self.done()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(resource: &str, status: &str) -> Event {
        Event {
            resource: resource.into(),
            status: status.into(),
            name: (resource == "Blue").then(|| "arn".into()),
            ..Event::default()
        }
    }

    #[test]
    fn what_is_done_is_counted_once_and_what_is_at_work_is_named() {
        let mut count = Count::new(5);
        for (resource, status) in [
            ("Blue", "CREATE_IN_PROGRESS"),
            ("A", "CREATE_IN_PROGRESS"),
            ("A", "CREATE_COMPLETE"),
            ("A", "CREATE_COMPLETE"),
            ("B", "CREATE_IN_PROGRESS"),
            ("C", "CREATE_IN_PROGRESS"),
            ("D", "CREATE_IN_PROGRESS"),
            ("E", "CREATE_IN_PROGRESS"),
        ] {
            count.take(&event(resource, status), "arn");
        }
        assert_eq!(count.to_string(), "  1/5 ");
        let newest = event("E", "CREATE_IN_PROGRESS");
        assert_eq!(count.current(&newest), "B, C, D and 1 more");
    }

    #[test]
    fn a_status_that_nobody_listed_is_shown_as_it_is() {
        let mut count = Count::new(1);
        let newest = event("A", "CREATE_NEWER");
        count.take(&newest, "arn");
        assert_eq!(count.current(&newest), "CREATE_NEWER A");
        assert_eq!(count.done(), 1);
    }
}
