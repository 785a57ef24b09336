//! `bench`: figures, measured and printed; nothing is asserted of them.

mod harness;
mod search;

use clap::Subcommand;
use contract::Exit;

use crate::workspace::Workspace;

/// Measure parts of the platform
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Search(search::Args),
    Functions(harness::Functions),
    Stream(harness::Stream),
    Chats(harness::Chats),
    Long(harness::Long),
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    match &args.what {
        What::Search(args) => search::run(&workspace, args),
        What::Functions(args) => args.run(&workspace),
        What::Stream(args) => args.run(&workspace),
        What::Chats(args) => args.run(&workspace),
        What::Long(args) => args.run(&workspace),
    }
}
