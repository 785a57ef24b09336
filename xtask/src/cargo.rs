//! Calling cargo as this toolchain has it.

use std::env;
use std::ffi::OsString;
use std::process::Command;

use crate::workspace::Workspace;

/// The cargo that runs us, else the one on the path.
pub fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// `cargo ARGS` in the workspace, into its target folder, for the host's default target.
pub fn command(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(args)
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env_remove("CARGO_BUILD_TARGET");
    command
}
