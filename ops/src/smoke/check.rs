//! What a check is, and what it comes to.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use contract::Failure;
use deploy_target::Fault;
use futures::future::BoxFuture;

use super::ctx::Ctx;

/// One check of one requirement.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The requirement, as [`contract::requirements::REQUIREMENTS`] has it.
    pub id: &'static str,
    /// What is shown of it, in a few words; unique within the requirement.
    pub name: &'static str,
    /// How.
    pub run: Run,
    /// Whether it must be asked for.
    pub when: When,
}

/// What a check costs beyond a few calls, and so when it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Every time.
    Always,
    /// It waits for something slow: with `--slow` or `--load`.
    Slow,
    /// It spends the daily quota of the clients' key: with `--load`, after all others.
    Load,
}

impl When {
    /// Why a check is not run where it was not asked for.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Slow => "takes up to two minutes; --slow runs it",
            Self::Load => "spends some of the clients' daily quota; --load runs it",
        }
    }
}

/// The work of a check.
pub type Run = for<'a> fn(&'a Ctx) -> BoxFuture<'a, Outcome>;

/// What a check comes to.
pub type Outcome = Result<Evidence, Finding>;

/// What a check read back that shows the requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence(String);

impl Evidence {
    /// In a person's words; no secrets.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    words: String,
    callers: bool,
}

impl Finding {
    /// In a person's words; no secrets.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            words: text.into(),
            callers: false,
        }
    }

    /// The same, where who checks did not get as far as the platform.
    #[must_use]
    pub fn unreached(self) -> Self {
        Self {
            callers: true,
            ..self
        }
    }

    /// Whether it lies with who checks (their network, credentials or rights): then it says nothing
    /// of the platform.
    pub const fn is_callers(&self) -> bool {
        self.callers
    }

    /// An attempt that failed, with every cause.
    pub fn because(what: &str, error: &(dyn Error + 'static)) -> Self {
        let causes: Vec<String> = successors(Some(error), |&cause| cause.source())
            .map(ToString::to_string)
            .collect();
        Self {
            words: format!("{what}: {}", causes.join(": ")),
            callers: Fault::of(error).is_some_and(Fault::is_callers),
        }
    }

    /// The same, saying where.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        Self {
            words: format!("{place}: {}", self.words),
            ..self
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        match failure.source() {
            Some(source) => Self::because(&failure.to_string(), source),
            None => Self::new(failure.to_string()),
        }
    }
}
