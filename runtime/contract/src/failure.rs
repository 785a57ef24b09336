//! How a program ends: exit codes, and errors that say what to do next.
//!
//! Every program prints `error:` with what was attempted and why it failed, then `hint:` with the
//! next command. An error's own text never repeats its source's.

use std::error::Error;
use std::fmt;

/// Exit codes, the same for every program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: failed; unreachable included.
    Failed = 1,
    /// 2: the command line is wrong.
    Usage = 2,
    /// 3: refused by a gate; nothing was changed.
    Refused = 3,
    /// 4: differs (drift, out of date, a plan with changes).
    Differs = 4,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that knows its exit code and the next command.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    exit: Exit,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            exit: Exit::Failed,
            source: None,
        }
    }

    /// A refusal by a gate: exit code 3.
    pub fn refused(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Refused,
            ..Self::new(message)
        }
    }

    /// A wrong command line: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::new(message)
        }
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the exit code.
    #[must_use]
    pub fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// What a person reads when a program fails: the chain of causes, then the nearest hint.
pub fn report(error: &(dyn Error + 'static)) -> String {
    let mut lines = vec![format!("error: {error}")];
    lines.extend(
        chain(error)
            .skip(1)
            .map(|cause| format!("  cause: {cause}")),
    );
    lines.extend(hint_of(error).map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

/// What to do next: the outermost hint in the chain of `error`.
pub fn hint_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    failures(error).find_map(|failure| failure.hint.as_deref())
}

/// The exit code for `error`: that of the outermost [`Failure`] in its chain, else 1.
pub fn exit_of(error: &(dyn Error + 'static)) -> Exit {
    failures(error)
        .next()
        .map_or(Exit::Failed, |failure| failure.exit)
}

fn failures<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a Failure> {
    chain(error).filter_map(|cause| cause.downcast_ref())
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_names_the_chain_and_the_hint_once() {
        let error = Failure::new("cannot read outputs")
            .because(Failure::refused("no engine").hint("run cargo xtask up"));
        assert_eq!(
            report(&error),
            "error: cannot read outputs\n  cause: no engine\nhint: run cargo xtask up"
        );
        assert_eq!(exit_of(&error), Exit::Failed);
    }

    #[test]
    fn an_unknown_error_exits_with_one() {
        assert_eq!(exit_of(&std::fmt::Error), Exit::Failed);
    }
}
