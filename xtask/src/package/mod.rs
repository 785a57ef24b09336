//! `package`: the functions' zips, the same to the byte wherever they are built.

mod archive;
mod build;
mod current;
mod elf;
mod folder;
mod manifest;
mod remap;
mod report;
mod sources;

use std::path::PathBuf;

use contract::Exit;

use crate::host::{Arch, HOST, Purpose, recipe};
use crate::steps::Steps;
use crate::workspace::Workspace;

pub use archive::{Entry, zip_quickly};
pub use build::{doing, runtime_example, search_program};
pub use current::is_likely as is_likely_current;
pub use folder::{entries_of as index_entries, make};

/// Build the functions and package them for Lambda
///
/// Writes one zip a function and a manifest to the target folder's `package/`. The same sources
/// give the same bytes in any folder.
#[derive(clap::Args)]
pub struct Args {
    /// Architecture to build for [default: this machine's]
    #[arg(long, value_enum)]
    arch: Option<Arch>,

    #[command(flatten)]
    content: Content,
}

/// What search finds.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Content {
    /// Folder with what search finds, `.md` and `.jsonl` [default: the samples in runtime/content]
    #[arg(long = "content", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let recipe = recipe(HOST, Purpose::Lambda(args.arch))?;
    let workspace = Workspace::find()?;
    let mut steps = Steps::new(
        1,
        "mend what the message says, then again: cargo xtask package",
        "nothing goes on; what is compiled is kept: cargo xtask package",
    );
    let package = steps.run("package", &build::doing(&recipe), || {
        make(&workspace, &recipe, &args.content)
    })?;
    report::print(&package)?;
    Ok(Exit::Done)
}
