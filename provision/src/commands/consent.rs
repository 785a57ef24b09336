//! Showing a plan, holding it against the gates, and asking.

use std::io::{self, IsTerminal};

use anyhow::Context;
use deploy_target::confirm;

use crate::apply::gates::{self, Allowed};
use crate::output::note;
use crate::plan::Plan;

/// What the deployer has said yes to beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'a> {
    /// Flags that let a plan through the gates.
    pub allowed: &'a Allowed,
    /// Whether to ask nobody.
    pub yes: bool,
}

impl Consent<'_> {
    /// Shows a plan, and holds it against the gates.
    ///
    /// # Errors
    /// Exit 3, naming what the plan would do and nobody allowed.
    pub fn passes(self, plan: &Plan) -> anyhow::Result<()> {
        note(plan);
        gates::keeps_data(plan, self.allowed)?;
        let asks = !self.yes && io::stdin().is_terminal();
        gates::may_be_second(plan, self.allowed, asks)?;
        Ok(gates::may_widen(plan, self.allowed, asks)?)
    }

    /// Shows a plan, holds it against the gates, and asks.
    ///
    /// # Errors
    /// Exit 3 where a gate or the person refuses.
    pub async fn to(self, plan: &Plan, place: &str) -> anyhow::Result<()> {
        self.passes(plan)?;
        self.ask_for(plan, place).await
    }

    /// Asks for a plan that was shown.
    ///
    /// # Errors
    /// As [`Consent::ask`].
    pub async fn ask_for(self, plan: &Plan, place: &str) -> anyhow::Result<()> {
        let stack = &plan.stack;
        let question = if plan.beside.is_empty() {
            format!("Apply this to {stack} ({place})?")
        } else {
            let others = plan.beside.join(", ");
            format!("Make a second, empty platform {stack} beside {others} ({place})?")
        };
        self.ask(question).await
    }

    /// Asks without blocking Ctrl-C.
    ///
    /// # Errors
    /// Exit 3 where the answer is not yes, or nobody is there to ask.
    pub async fn ask(self, question: String) -> anyhow::Result<()> {
        let yes = self.yes;
        let asked = tokio::task::spawn_blocking(move || confirm(&question, yes)).await;
        Ok(asked.context("the question was cut short")??)
    }
}
