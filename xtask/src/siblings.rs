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

/// Runs `program ARGS` on our terminal, where it may ask, and gives what it prints as data.
pub fn answer(workspace: &Workspace, program: &str, args: &[String]) -> Result<Vec<u8>, Failure> {
    child::answer(
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

/// Runs `program ARGS`; gives what it prints also where it fails, with how it ended.
pub fn told(
    workspace: &Workspace,
    program: &str,
    args: &[String],
) -> Result<(Vec<u8>, Result<(), Failure>), Failure> {
    child::told(
        &mut command(workspace, program, args),
        &shown(program, args),
    )
}

/// `program ARGS`, not started yet.
pub fn command(workspace: &Workspace, program: &str, args: &[String]) -> Command {
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    type Features = BTreeMap<String, BTreeSet<String>>;

    /// By package, the sets of features that cargo compiles it with for this selection of crates.
    fn features(edges: &str, selection: &[&str]) -> Features {
        let mut command = Command::new(cargo::program());
        command.args([
            "tree", "--locked", "--prefix", "none", "--format", "{p}|{f}",
        ]);
        command
            .args(["--edges", edges])
            .args(selection)
            .current_dir("..");
        let text = String::from_utf8(child::stdout(&mut command, "cargo tree").unwrap()).unwrap();
        let mut features = Features::new();
        // Other lines are headings and the space between members.
        for (package, set) in text.lines().filter_map(|line| line.split_once('|')) {
            let package = package.replace(" (proc-macro)", "");
            features
                .entry(package)
                .or_default()
                .insert(set.replace(" (*)", ""));
        }
        features
    }

    #[test]
    fn nothing_is_compiled_again_for_another_selection_of_crates() {
        let all = features("normal,build,dev", &["--workspace"]);
        for program in ["xtask", PROVISION, OPS] {
            for (package, sets) in features("normal,build", &["-p", program]) {
                assert!(
                    sets.is_subset(&all[&package]),
                    "`cargo test --workspace` compiles {package} with {:?}, and `cargo build -p \
                     {program}` with {sets:?}: name the missing features in \
                     provision/target/Cargo.toml (for xtask: xtask/Cargo.toml), whose comments \
                     say why",
                    all[&package],
                );
            }
        }
    }
}
