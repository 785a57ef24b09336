//! What a look found. What is not well has a cause and a next command: without them it is no
//! finding, and does not compile.

use std::error::Error;

use contract::Failure;
use contract::failure::hint_of;
use serde::Serialize;

/// The next command where nobody knows a better one.
pub(super) const AGAIN: &str = "mend the cause, then run the same command again";

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// The deployment works; something will not, or not for long.
    Warning,
    /// The deployment would fail, or what it makes would not work.
    Error,
}

impl Severity {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was looked at.
    pub look: &'static str,
    /// What was seen.
    pub found: String,
    /// Why that is so, or why it matters; `null` only where all is well.
    pub cause: Option<String>,
    /// The next command; `null` only where all is well.
    pub next: Option<String>,
}

/// A finding without its cause: it is none yet.
#[derive(Debug)]
#[must_use]
pub struct Unexplained(Finding);

/// A finding with its cause, and without the next command: it is none yet.
#[derive(Debug)]
#[must_use]
pub struct Unadvised(Finding);

impl Finding {
    fn of(severity: Severity, look: &'static str, found: impl Into<String>) -> Self {
        Self {
            severity,
            look,
            found: found.into(),
            cause: None,
            next: None,
        }
    }

    /// All is well.
    pub fn ok(look: &'static str, found: impl Into<String>) -> Self {
        Self::of(Severity::Ok, look, found)
    }

    /// Something that a person should know.
    pub fn warning(look: &'static str, found: impl Into<String>) -> Unexplained {
        Unexplained(Self::of(Severity::Warning, look, found))
    }

    /// Something that stops a deployment.
    pub fn error(look: &'static str, found: impl Into<String>) -> Unexplained {
        Unexplained(Self::of(Severity::Error, look, found))
    }

    /// What a call that failed leaves unknown: the deployment may still work.
    pub fn unread(look: &'static str, failure: &Failure) -> Self {
        Self::warning(look, failure.to_string())
            .explained_by(failure, "the service says no more than that")
    }
}

impl Unexplained {
    /// With a cause: why it is so, or why it matters.
    pub fn because(mut self, cause: impl Into<String>) -> Unadvised {
        self.0.cause = Some(cause.into());
        Unadvised(self.0)
    }

    /// With the cause and the next command of `failure`; where it has no cause, `otherwise` is it.
    #[must_use]
    pub fn explained_by(self, failure: &Failure, otherwise: &str) -> Finding {
        let cause = failure.source().map(ToString::to_string);
        let cause = cause.filter(|cause| !cause.is_empty());
        self.because(cause.unwrap_or_else(|| otherwise.to_owned()))
            .next(hint_of(failure).unwrap_or(AGAIN))
    }
}

impl Unadvised {
    /// With the next command.
    #[must_use]
    pub fn next(mut self, command: impl Into<String>) -> Finding {
        self.0.next = Some(command.into());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_that_says_little_still_has_a_cause_and_a_next_command() {
        let mute = Failure::new("cannot count the stacks").because("");
        let finding = Finding::unread("quota", &mute);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(
            finding.cause.as_deref(),
            Some("the service says no more than that")
        );
        assert_eq!(finding.next.as_deref(), Some(AGAIN));
        let told = Failure::new("x").because("denied").hint("ask");
        let finding = Finding::error("stack", "x").explained_by(&told, "other");
        assert_eq!(
            (finding.cause.as_deref(), finding.next.as_deref()),
            (Some("denied"), Some("ask"))
        );
    }
}
