//! `test`: all that CI runs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use contract::{Exit, Failure, local, naming};

use crate::engine::venv;
use crate::host::{HOST, Purpose, recipe};
use crate::steps::{Steps, say, seconds};
use crate::workspace::Workspace;
use crate::{cargo, child, package, templates};

/// Run all that CI runs: format, lints, templates, packages, tests, end to end
#[derive(clap::Args)]
pub struct Args {
    /// Run this step alone
    #[arg(long, value_enum)]
    only: Option<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting
    Fmt,
    /// Clippy, warnings denied
    Clippy,
    /// Committed templates against the generator
    Templates,
    /// The functions' packages
    Package,
    /// cfn-lint on the templates
    CfnLint,
    /// Unit tests, snapshots, end-to-end tests
    Tests,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Templates => "templates",
            Self::Package => "package",
            Self::CfnLint => "cfn-lint",
            Self::Tests => "tests",
        }
    }

    const fn doing(self) -> &'static str {
        match self {
            Self::Fmt => "formatting",
            Self::Clippy => "lints, warnings denied (compiles, minutes the first time)",
            Self::Templates => "committed templates against the generator",
            Self::Package => "compiling the functions (minutes the first time)",
            Self::CfnLint => "templates against the CloudFormation schemas",
            Self::Tests => "unit tests, snapshots, end to end",
        }
    }

    /// The next command where the step fails.
    const fn next(self) -> &'static str {
        match self {
            Self::Fmt => "cargo fmt --all",
            Self::Clippy => "mend what clippy names, then: cargo xtask test --only clippy",
            Self::Templates => "cargo xtask templates",
            Self::Package => "mend what the message says, then: cargo xtask package",
            Self::CfnLint => "mend the generator, then: cargo xtask templates",
            Self::Tests => "mend what the tests name, then: cargo xtask test --only tests",
        }
    }

    fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        match self {
            Self::Fmt => cargo_step(workspace, &["fmt", "--all", "--", "--check"]),
            Self::Clippy => {
                let targets = ["clippy", "--locked", "--workspace", "--all-targets"];
                cargo_step(
                    workspace,
                    &[&targets[..], &["--", "-D", "warnings"]].concat(),
                )
            }
            Self::Templates => templates::check(workspace),
            Self::Package => {
                let recipe = recipe(HOST, Purpose::Local)?;
                package::make(workspace, &recipe, &package::Content::default()).map(drop)
            }
            Self::CfnLint => cfn_lint(workspace),
            Self::Tests => tests(workspace),
        }
    }
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    let chosen = match args.only {
        Some(step) => vec![step],
        None => Step::value_variants().to_vec(),
    };
    let left = "nothing goes on; what is compiled is kept; again: cargo xtask test";
    let mut steps = Steps::new(chosen.len(), "cargo xtask test", left);
    for step in chosen {
        steps.next(step.next());
        steps.run(step.name(), step.doing(), || step.run(&workspace))?;
    }
    for (name, time) in steps.done() {
        say!("{name:<10} ok {:>9}", seconds(*time));
    }
    let total: Duration = steps.done().iter().map(|(_, time)| *time).sum();
    say!("all steps passed in {}", seconds(total));
    Ok(Exit::Done)
}

fn cargo_step(workspace: &Workspace, args: &[&str]) -> anyhow::Result<()> {
    let what = format!("cargo {}", args.join(" "));
    Ok(child::run(&mut cargo::command(workspace, args), &what)?)
}

/// The linter has no module to run, and its script holds the path it was installed to.
const CFN_LINT: &str = "import sys, cfnlint.runner; sys.argv[0] = 'cfn-lint'; \
                        sys.exit(cfnlint.runner.main())";

/// Every finding fails, warnings and remarks too.
fn cfn_lint(workspace: &Workspace) -> anyhow::Result<()> {
    let python = venv::LINT.install(&workspace.local)?;
    let templates = templates_in(workspace)?;
    let mut command = Command::new(python);
    command
        .args(["-c", CFN_LINT, "--regions", naming::DEFAULT_REGION])
        .args(["--non-zero-exit-code", "informational", "--template"])
        .args(&templates)
        .current_dir(&workspace.root);
    Ok(child::run(&mut command, "cfn-lint templates/*.yaml")?)
}

fn templates_in(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let dir = workspace.root.join(templates::DIR);
    let reading = || format!("cannot read {}", dir.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&dir).with_context(reading)? {
        files.push(entry.with_context(reading)?.path());
    }
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    files.sort();
    if files.is_empty() {
        return Err(Failure::new(format!("{} has no template", dir.display())).into());
    }
    Ok(files)
}

fn tests(workspace: &Workspace) -> anyhow::Result<()> {
    let engine = venv::ENGINE.install(&workspace.local)?;
    let mut command = cargo::command(workspace, &["test", "--locked", "--workspace"]);
    command
        .env("INSTA_UPDATE", "no")
        .env_remove("INSTA_FORCE_PASS")
        .env(local::PACKAGE_DIR_ENV, workspace.package())
        .env(local::ENGINE_PYTHON_ENV, engine);
    Ok(child::run(&mut command, "cargo test --workspace")?)
}

#[cfg(test)]
mod tests_of_test {
    use super::*;

    #[test]
    fn only_yaml_files_are_templates_and_none_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace {
            root: dir.path().to_owned(),
            target: dir.path().to_owned(),
            local: dir.path().to_owned(),
        };
        let templates = dir.path().join(templates::DIR);
        fs::create_dir(&templates).unwrap();
        fs::write(templates.join("README.md"), "").unwrap();
        assert!(templates_in(&workspace).is_err());
        for name in ["b.yaml", "a.yaml"] {
            fs::write(templates.join(name), "").unwrap();
        }
        let found = templates_in(&workspace).unwrap();
        assert_eq!(found, [templates.join("a.yaml"), templates.join("b.yaml")]);
    }
}
