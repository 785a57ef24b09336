//! `templates`: the committed templates, from the generator.

use contract::Exit;

use crate::host::{HOST, Purpose, recipe};
use crate::siblings::{self, PROVISION};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{child, package, test};

/// Folder of the committed templates.
pub const DIR: &str = "templates";

/// Write the templates, or check that those committed are up to date
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; exit with 4 where a template is out of date
    #[arg(long)]
    check: bool,

    /// Also capture the examples, from a local platform of its own (packages the functions)
    #[arg(long, conflicts_with = "check")]
    examples: bool,
}

/// The test that captures the examples.
const EXAMPLES: &str = "contract_documents::the_examples_are_real_answers";

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    let again = "cargo xtask templates";
    let mut steps = Steps::new(
        if args.examples { 2 } else { 1 },
        again,
        format!("nothing goes on; again: {again}"),
    );
    if args.check {
        steps.run("templates", "comparing", || check(&workspace))?;
    } else {
        steps.run("templates", "generating", || {
            siblings::build(&workspace)?;
            let args = ["synth", "--out", DIR].map(str::to_owned);
            Ok(siblings::run(&workspace, PROVISION, &args)?)
        })?;
    }
    if args.examples {
        steps.run("examples", "capturing", || examples(&workspace))?;
    }
    Ok(Exit::Done)
}

fn examples(workspace: &Workspace) -> anyhow::Result<()> {
    let recipe = recipe(HOST, Purpose::Local)?;
    package::make(workspace, &recipe, &package::Content::default())?;
    let mut command = test::suites(workspace, &["-p", "platform-tests", "--test", "end_to_end"])?;
    command.args(["--", EXAMPLES]).env("INSTA_UPDATE", "always");
    Ok(child::run(&mut command, "capturing the examples")?)
}

/// Fails with exit 4 where a committed template is not what the generator gives.
pub fn check(workspace: &Workspace) -> anyhow::Result<()> {
    siblings::build(workspace)?;
    let args = ["synth", "--check", DIR].map(str::to_owned);
    siblings::run(workspace, PROVISION, &args).map_err(|failure| {
        let hint = "bring them up to date, look at the difference and commit it: \
                    cargo xtask templates";
        failure.hint(hint).into()
    })
}
