//! Bringing what drifted back, through a change set that CloudFormation makes from what lives.
//!
//! Source: "Using drift-aware change sets", CloudFormation user guide: with the deployment mode
//! `REVERT_DRIFT` a change set compares the template with what lives, not with what was deployed.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::DeploymentMode;
use contract::Failure;

use crate::apply::again;
use crate::apply::change_set;
use crate::apply::client::{Again, Client, Proposal};
use crate::apply::gates;
use crate::apply::interrupt::Journal;
use crate::apply::stack::Stack;

/// A repair that waits for a yes.
#[derive(Debug)]
pub struct Repair {
    /// What CloudFormation would do.
    pub proposal: Proposal,
    /// The change set's name.
    pub name: String,
}

/// Proposes to bring back what drifted; `None` where CloudFormation finds nothing to do.
///
/// # Errors
/// Exit 3 on the local engine, which has no such change sets, where another operation runs, or
/// where data would be lost; else where CloudFormation refuses.
pub async fn repair(
    client: Client<'_>,
    journal: &Journal,
    stack: &Stack,
) -> Result<Option<Repair>, Failure> {
    let target = client.target();
    if target.is_local() {
        return Err(Failure::refused(
            "the local engine has no change sets that revert drift (REVERT_DRIFT)",
        )
        .hint(format!(
            "the settings of tables, request validators and code are set again by: cargo provision \
             apply {flags}; the rest from the start: cargo xtask down --wipe, then cargo xtask up",
            flags = target.flags()
        )));
    }
    gates::may_start(target, &target.stack, Some(stack))?;
    let wanted = Again {
        stack,
        changed: BTreeMap::new(),
        mode: Some(DeploymentMode::RevertDrift),
    };
    let Some((name, proposal)) = again::propose(client, journal, &wanted).await? else {
        return Ok(None);
    };
    if let Err(refusal) = gates::replaces_no_data(&proposal.plan) {
        change_set::discard(client, &target.stack, &name, false).await?;
        return Err(refusal);
    }
    Ok(Some(Repair { proposal, name }))
}
