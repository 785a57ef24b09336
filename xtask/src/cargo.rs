//! Calling cargo as this toolchain has it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use crate::workspace::Workspace;

/// The cargo that runs us, else the one on the path.
pub fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Cargo's own folder: sources, configuration.
pub fn home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// `cargo ARGS` in the workspace, into its target folder, for the host's default target.
pub fn command(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(args)
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &workspace.target)
        .env_remove("CARGO_BUILD_TARGET");
    forget(&mut command, &OF_XTASK);
    command
}

/// Prefixes of the variables by which `cargo run` tells xtask of itself. A build script that asks
/// for them would run again, and much be compiled again, each time cargo is called from here and
/// from a shell in turn.
pub const OF_XTASK: [&str; 3] = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];

/// Takes the variables with these prefixes out of the environment of `command`.
pub fn forget(command: &mut Command, prefixes: &[&str]) {
    for (name, _) in env::vars_os() {
        if has_prefix(&name, prefixes) {
            command.env_remove(name);
        }
    }
}

/// Whether the variable `name` begins with one of these.
pub fn has_prefix(name: &OsStr, prefixes: &[&str]) -> bool {
    let name = name.to_string_lossy();
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_does_not_know_what_cargo_said_of_us() {
        // Cargo sets this one for tests as for `cargo run`.
        assert!(env::var_os("CARGO_PKG_NAME").is_some());
        let mut command = Command::new("env");
        forget(&mut command, &OF_XTASK);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(!output.contains("CARGO_PKG_NAME="), "{output}");
        assert!(!output.contains("OUT_DIR="), "{output}");
        assert!(output.contains("PATH="), "{output}");
    }
}
