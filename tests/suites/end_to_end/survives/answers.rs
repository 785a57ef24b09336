//! Answers of CloudFormation that look like a dead end, and are none.

use std::sync::Arc;

use anyhow::{Result, ensure};
use contract::naming;
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer};

use super::meddling::apply;

/// Shows the bootstrap stack's template in other words than the live one has.
struct Reworded;

impl Meddle for Reworded {
    fn after(&self, call: &Call, answer: &str) -> Option<ServiceAnswer> {
        let asked = call.action == "GetTemplate" && call.body.contains(naming::BOOTSTRAP_STACK);
        asked.then(|| {
            (
                200,
                answer.replace("Resources:", "Transform: []\nResources:"),
            )
        })
    }
}

/// The template reads otherwise, and CloudFormation finds nothing to change: the stack is what it
/// should be.
pub(super) fn reworded(engine: &Engine) -> Result<()> {
    let meddler = Meddler::start(&engine.endpoint, Arc::new(Reworded))?;
    let said = apply(&meddler, "Reworded", &[])?.success()?;
    ensure!(said.stderr.contains("Reworded is up to date"), "{said:?}");
    Ok(())
}
