//! The programs that do the work: built once, then run from the target folder.

use std::process::Command;

use contract::{Failure, local};

use crate::workspace::Workspace;
use crate::{cargo, child};

/// What the step says while they are built.
pub const DOING: &str = "compiling provision and ops (minutes the first time)";

/// Generates, plans, applies and verifies the stack.
pub const PROVISION: &str = "provision";

/// Seeds and checks the running platform.
pub const OPS: &str = "ops";

/// Builds the programs.
pub fn build(workspace: &Workspace) -> Result<(), Failure> {
    let args = ["build", "--locked", "-p", PROVISION, "-p", OPS, "--bins"];
    child::run(
        &mut cargo::command(workspace, &args),
        "cargo build -p provision -p ops",
    )
}

/// Runs `program ARGS` on our terminal.
pub fn run(workspace: &Workspace, program: &str, args: &[String]) -> Result<(), Failure> {
    child::run(
        &mut command(workspace, program, args),
        &shown(program, args),
    )
}

/// Runs `program ARGS` and gives what it prints.
pub fn stdout(workspace: &Workspace, program: &str, args: &[String]) -> Result<Vec<u8>, Failure> {
    child::stdout(
        &mut command(workspace, program, args),
        &shown(program, args),
    )
}

fn command(workspace: &Workspace, program: &str, args: &[String]) -> Command {
    let mut command = Command::new(workspace.target.join("debug").join(program));
    command
        .args(args)
        .current_dir(&workspace.root)
        .env(local::DIR_ENV, &workspace.local);
    command
}

/// The command as a person would type it.
fn shown(program: &str, args: &[String]) -> String {
    format!("cargo {program} {}", args.join(" "))
}
