//! Answers of CloudFormation that look like a dead end, and are none.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;

use anyhow::{Result, ensure};
use contract::naming;
use platform_tests::engine::Engine;
use platform_tests::harness::{Call, Meddle, Meddler, ServiceAnswer, cloudformation_error};
use platform_tests::platform::Platform;
use platform_tests::program;

use super::meddling::{apply, through};

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

/// Refuses the first deletions of a change set, as CloudFormation does while it is being made.
#[derive(Default)]
struct Early {
    refused: AtomicU32,
}

impl Meddle for Early {
    fn before(&self, call: &Call) -> Option<ServiceAnswer> {
        let early = call.action == "DeleteChangeSet" && self.refused.fetch_add(1, SeqCst) < 2;
        let said = "ChangeSet cannot be deleted in its current status of [CREATE_IN_PROGRESS]";
        early.then(|| cloudformation_error(400, "InvalidChangeSetStatus", said))
    }
}

/// A plan puts its change set away, however long that is being made.
pub(super) fn early(engine: &Engine) -> Result<()> {
    let platform = Platform::at(engine, "Hasty")?;
    platform.apply()?.success()?;
    let early = Arc::new(Early::default());
    let meddler = Meddler::start(&engine.endpoint, early.clone())?;
    let packages = program::packages()?;
    let changed = ["plan", "--package", &packages, "--log-retention-days", "7"];
    through(&meddler, "Hasty", &changed)?.success()?;
    let calls = early.refused.load(SeqCst);
    ensure!(calls == 3, "{calls} tries");
    Ok(())
}
