//! Progress, step by step: `[2/6] package …`, then `[2/6] package: 12.3 s`.

use std::time::{Duration, Instant};

use contract::Failure;
use contract::failure::{exit_of, hint_of};

use crate::interrupt;

/// Writes a line to stderr; a closed stderr is no reason to stop.
macro_rules! say {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($arg)*);
    }};
}
pub(crate) use say;

/// The steps of one task.
pub struct Steps {
    total: usize,
    done: Vec<(&'static str, Duration)>,
    /// Hint where a step fails without one of its own.
    next: String,
    /// Hint after Ctrl-C: what goes on without us, and how to return.
    left: String,
}

impl Steps {
    /// `total` steps; `next` and `left` are what people read after a failure and after Ctrl-C.
    pub fn new(total: usize, next: impl Into<String>, left: impl Into<String>) -> Self {
        Self {
            total,
            done: Vec::new(),
            next: next.into(),
            left: left.into(),
        }
    }

    /// Runs the next step. Its failure names the step, and keeps its cause, hint and exit code.
    pub fn run<T>(
        &mut self,
        name: &'static str,
        doing: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let label = format!("[{}/{}] {name}", self.done.len() + 1, self.total);
        say!("{label} … {doing}");
        let start = Instant::now();
        let result = work();
        if interrupt::requested() {
            return Err(Failure::new(format!("interrupted during `{name}`"))
                .hint(&self.left)
                .into());
        }
        let value = result.map_err(|error| self.failed(name, error))?;
        self.done.push((name, start.elapsed()));
        say!("{label}: {}", seconds(start.elapsed()));
        Ok(value)
    }

    /// From here on: the hint where a step fails without one of its own.
    pub fn next(&mut self, hint: impl Into<String>) {
        self.next = hint.into();
    }

    /// From here on: what goes on without us after Ctrl-C, and how to return.
    pub fn left(&mut self, hint: impl Into<String>) {
        self.left = hint.into();
    }

    /// The steps that are done, with what each took.
    pub fn done(&self) -> &[(&'static str, Duration)] {
        &self.done
    }

    fn failed(&self, name: &str, error: anyhow::Error) -> anyhow::Error {
        let exit = exit_of(error.as_ref());
        let hint = hint_of(error.as_ref()).unwrap_or(&self.next).to_owned();
        Failure::new(format!("`{name}` failed"))
            .exit(exit)
            .hint(hint)
            .because(error)
            .into()
    }
}

/// `12.3 s`
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use contract::Exit;
    use contract::failure::report;

    use super::*;

    fn steps() -> Steps {
        Steps::new(2, "cargo xtask up", "all is quiet")
    }

    #[test]
    fn a_failure_names_its_step_and_keeps_cause_hint_and_exit_code() {
        let error = steps()
            .run("apply", "the stack", || -> anyhow::Result<()> {
                Err(Failure::refused("the table exists")
                    .hint("pass --adopt")
                    .into())
            })
            .unwrap_err();
        assert_eq!(
            report(error.as_ref()),
            "error: `apply` failed\n  cause: the table exists\nhint: pass --adopt"
        );
        assert_eq!(exit_of(error.as_ref()), Exit::Refused);
    }

    #[test]
    fn a_failure_without_a_hint_gets_the_tasks() {
        let error = steps()
            .run("apply", "the stack", || anyhow::bail!("no"))
            .map(|()| 0)
            .unwrap_err();
        assert!(report(error.as_ref()).ends_with("hint: cargo xtask up"));
    }

    #[test]
    fn done_steps_are_kept_in_order() {
        let mut steps = steps();
        steps.run("one", "", || Ok(())).unwrap();
        steps.run("two", "", || Ok(())).unwrap();
        assert_eq!(
            steps
                .done()
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>(),
            ["one", "two"]
        );
    }
}
