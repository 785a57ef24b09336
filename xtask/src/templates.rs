//! `templates`: the committed templates, from the generator.

use contract::Exit;

use crate::siblings::{self, PROVISION};
use crate::steps::Steps;
use crate::workspace::Workspace;

/// Folder of the committed templates.
pub const DIR: &str = "templates";

/// Write the templates, or check that those committed are up to date
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; exit with 4 where a template is out of date
    #[arg(long)]
    check: bool,
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    let again = "cargo xtask templates";
    let mut steps = Steps::new(1, again, format!("nothing goes on; again: {again}"));
    if args.check {
        steps.run("templates", "comparing", || check(&workspace))?;
    } else {
        steps.run("templates", "generating", || {
            siblings::build(&workspace)?;
            let args = ["synth", "--out", DIR].map(str::to_owned);
            Ok(siblings::run(&workspace, PROVISION, &args)?)
        })?;
    }
    Ok(Exit::Done)
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
