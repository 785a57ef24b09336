//! `test`: all that CI runs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use contract::answers::{ASYNCAPI_FILE, OPENAPI_FILE};
use contract::{Exit, Failure, local, naming};

use crate::engine::venv;
use crate::host::{HOST, Purpose, recipe};
use crate::steps::{Steps, say, seconds};
use crate::workspace::Workspace;
use crate::{browser, cargo, child, package, siblings, templates};

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
    /// The contract documents against their specifications
    Documents,
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
            Self::Documents => "documents",
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
            Self::Documents => "contract documents against their specifications",
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
            Self::CfnLint | Self::Documents => "mend the generator, then: cargo xtask templates",
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
            Self::Documents => documents(workspace),
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

/// What in the templates' folder is no template.
const DOCUMENTS: [&str; 2] = [OPENAPI_FILE, ASYNCAPI_FILE];

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

/// The REST API's document against `OpenAPI`'s own schema.
fn documents(workspace: &Workspace) -> anyhow::Result<()> {
    let python = venv::CONTRACT.install(&workspace.local)?;
    let file = format!("{}/{OPENAPI_FILE}", templates::DIR);
    let mut command = Command::new(python);
    command
        .args(["-m", "openapi_spec_validator", &file])
        .current_dir(&workspace.root);
    Ok(child::run(
        &mut command,
        &format!("openapi-spec-validator {file}"),
    )?)
}

/// The CloudFormation templates; beside them are the contract documents.
fn templates_in(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let dir = workspace.root.join(templates::DIR);
    let reading = || format!("cannot read {}", dir.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&dir).with_context(reading)? {
        files.push(entry.with_context(reading)?.path());
    }
    files.retain(|path| {
        let yaml = path
            .extension()
            .is_some_and(|extension| extension == "yaml");
        yaml && path
            .file_name()
            .is_some_and(|name| !DOCUMENTS.iter().any(|document| name == *document))
    });
    files.sort();
    if files.is_empty() {
        return Err(Failure::new(format!("{} has no template", dir.display())).into());
    }
    Ok(files)
}

fn tests(workspace: &Workspace) -> anyhow::Result<()> {
    // The suites run the programs as people do; cargo does not build them for another crate's tests.
    siblings::build(workspace)?;
    let tools = browser::Tools::find(&workspace.local)?;
    let mut command = suites(workspace, &["--workspace"])?;
    command.envs(tools.environment());
    child::run(&mut command, "cargo test --workspace")?;
    tools.say_missing();
    Ok(())
}

/// `cargo test` of what `which` says, with all that the whole-system suites need.
pub fn suites(workspace: &Workspace, which: &[&str]) -> anyhow::Result<Command> {
    let engine = venv::ENGINE.install(&workspace.local)?;
    let fuzzer = venv::CONTRACT.install(&workspace.local)?;
    let mut command = cargo::command(workspace, &[&["test", "--locked"], which].concat());
    command
        .env("INSTA_UPDATE", "no")
        .env_remove("INSTA_FORCE_PASS")
        .env(local::PACKAGE_DIR_ENV, workspace.package())
        .env(local::ENGINE_PYTHON_ENV, engine)
        .env(local::FUZZER_PYTHON_ENV, fuzzer);
    Ok(command)
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
        for name in ["b.yaml", "a.yaml", "openapi.yaml", "asyncapi.yaml"] {
            fs::write(templates.join(name), "").unwrap();
        }
        let found = templates_in(&workspace).unwrap();
        assert_eq!(found, [templates.join("a.yaml"), templates.join("b.yaml")]);
    }
}
