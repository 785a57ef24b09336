//! `bench data`: seed, backup and restore against a server that answers at once, beside boto3.

use contract::Failure;

use super::figures::Figure;
use super::harness;
use crate::engine::venv;
use crate::steps::say;
use crate::workspace::Workspace;
use crate::{cargo, child};

/// The profile that large data is moved with.
const PROFILE: &str = "tool";

/// Measure seed, backup and restore against a server that answers at once, beside boto3 loops
#[derive(clap::Args)]
pub struct Args {
    /// How many items (the seed: about as many)
    #[arg(long, default_value_t = ITEMS)]
    items: u32,
}

const ITEMS: u32 = 1_000_000;

impl Default for Args {
    fn default() -> Self {
        Self { items: ITEMS }
    }
}

/// Measures.
///
/// # Errors
/// Where boto3 cannot be installed, `ops` not be compiled, or one of them fails.
pub fn measure(workspace: &Workspace, args: &Args) -> anyhow::Result<Vec<Figure>> {
    let python = venv::BOTO3.install(&workspace.local)?;
    say!("compiling ops for large data (minutes the first time)");
    let build = ["build", "--locked", "--profile", PROFILE, "-p", "ops"];
    child::run(
        &mut cargo::command(workspace, &build),
        "cargo build --profile tool -p ops",
    )?;
    let ops = workspace.target.join(PROFILE).join("ops");
    let path = |path: &std::path::Path| {
        let text = path.to_str().map(ToOwned::to_owned);
        text.ok_or_else(|| Failure::new(format!("{} is no text", path.display())))
    };
    let items = args.items.to_string();
    harness::measure(workspace, &["data", &path(&ops)?, &path(&python)?, &items])
}
