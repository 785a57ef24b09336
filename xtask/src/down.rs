//! `down`: the local engine stops.

use contract::Exit;

use crate::engine::{self, Wipe};
use crate::page;
use crate::workspace::Workspace;

/// Stop the platform on this machine; its data are kept
#[derive(clap::Args)]
pub struct Args {
    /// Delete its data as well
    #[arg(long)]
    wipe: bool,
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    page::stop_all(&workspace.local, args.wipe)?;
    engine::stop(
        &workspace.local,
        if args.wipe { Wipe::Delete } else { Wipe::Keep },
    )?;
    Ok(Exit::Done)
}
