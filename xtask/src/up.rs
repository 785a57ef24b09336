//! `up`: the whole platform on this machine.

use std::thread;

use anyhow::bail;
use contract::{Exit, naming};

use crate::engine::{self, venv};
use crate::host::{HOST, Purpose, recipe};
use crate::siblings::{OPS, PROVISION};
use crate::steps::Steps;
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{outputs, package, page, siblings};

/// Start the platform on this machine, whole: engine, build, deploy, seed, smoke checks
///
/// Leaves it running, and prints its URLs, its key and the next commands. Run again, it brings
/// what runs up to date.
#[derive(clap::Args)]
pub struct Args {
    /// Name of the platform's stack; more than one can run beside each other
    #[arg(long, default_value = naming::DEFAULT_STACK)]
    stack_name: String,

    /// Supporters to seed [default: that of `ops seed`]
    #[arg(long)]
    users: Option<u32>,

    #[command(flatten)]
    content: package::Content,
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    let target = Target::local(&args.stack_name);
    engine::require_python(&workspace.local)?;
    let mut steps = Steps::new(8, again(&target), left(&target));
    start(&workspace, &mut steps, &args.content)?;
    let mut provision = |name, doing: &str, words: &[&str], more: &[String]| {
        let command = [target.command(words), more.to_vec()].concat();
        steps.run(name, doing, || {
            Ok(siblings::run(&workspace, PROVISION, &command)?)
        })
    };
    let package = workspace.package().to_string_lossy().into_owned();
    let package = ["--package".to_owned(), package];
    // Nobody but this machine's user is there to be let in, or to miss what another platform holds.
    let consent = ["--yes", "--allow-widening", "--allow-second"].map(str::to_owned);
    let apply = [&package[..], &consent].concat();
    provision(
        "apply",
        "deploying the stack through CloudFormation",
        &["apply"],
        &apply,
    )?;
    provision(
        "verify",
        "comparing what runs with what is declared",
        &["verify"],
        &package,
    )?;
    check(&workspace, &mut steps, &target, args.users)?;
    let page = steps.run("page", "serving the page", || {
        page::start(&workspace, &target)
    })?;
    let outputs = outputs::read(&workspace, &target)?;
    outputs::print(&outputs, Some(&page.url), &next(&target))?;
    Ok(Exit::Done)
}

/// Compiles the programs, while the engine is installed; starts it; compiles the functions.
fn start(
    workspace: &Workspace,
    steps: &mut Steps,
    content: &package::Content,
) -> anyhow::Result<()> {
    let local = workspace.local.clone();
    let installing = thread::spawn(move || venv::ENGINE.install(&local));
    let recipe = recipe(HOST, Purpose::Local)?;
    steps.run("programs", siblings::DOING, || {
        Ok(siblings::build(workspace)?)
    })?;
    steps.run("engine", "starting the local AWS engine", || {
        installing
            .join()
            .unwrap_or_else(|_| bail!("the engine could not be installed"))?;
        engine::ensure(&workspace.local)
    })?;
    steps.run("package", &package::doing(&recipe), || {
        package::make(workspace, &recipe, content)
    })?;
    Ok(())
}

fn check(
    workspace: &Workspace,
    steps: &mut Steps,
    target: &Target,
    users: Option<u32>,
) -> anyhow::Result<()> {
    let mut seed = target.command(&["seed"]);
    seed.extend(
        users
            .iter()
            .flat_map(|users| ["--users".to_owned(), users.to_string()]),
    );
    let smoke = target.command(&["smoke"]);
    steps.run("seed", "writing supporters", || {
        Ok(siblings::run(workspace, OPS, &seed)?)
    })?;
    steps.run("smoke", "checking every requirement", || {
        Ok(siblings::run(workspace, OPS, &smoke)?)
    })
}

fn again(target: &Target) -> String {
    let up = target.local_task("cargo xtask up");
    format!("mend what the message says, then go on where it stopped: {up}")
}

fn left(target: &Target) -> String {
    let up = target.local_task("cargo xtask up");
    format!(
        "what runs goes on without us, and what is compiled is kept; go on: {up}; \
         stop the engine: cargo xtask down"
    )
}

fn next(target: &Target) -> [(String, &'static str); 5] {
    [
        (target.line("cargo ops smoke"), "checks it again"),
        (
            target.line("cargo provision verify"),
            "compares it with what is declared",
        ),
        (
            target.line("cargo provision outputs --json --with-key"),
            "prints this for scripts",
        ),
        (
            target.local_task("cargo xtask up"),
            "brings it up to date after a change",
        ),
        (
            "cargo xtask down".to_owned(),
            "stops it and keeps its data (--wipe deletes them)",
        ),
    ]
}
