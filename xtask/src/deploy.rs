//! `deploy`: build, package, plan, confirm, apply, verify; and back, where smoke refuses it.

use anyhow::Context;
use contract::{Exit, Failure, naming, parameters};

use crate::host::{Arch, HOST, Purpose, recipe};
use crate::siblings::{OPS, PROVISION};
use crate::steps::Steps;
use crate::target::{self, Aws, Target};
use crate::workspace::Workspace;
use crate::{engine, hotswap, interrupt, outputs, package, page, siblings};

/// Build the platform and deploy it, on AWS or on this machine
///
/// Shows the plan and asks before anything changes.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Args {
    /// The platform on this machine, without seeding and checks (`up` has them)
    #[arg(long, conflicts_with_all = ["region", "profile", "arch"])]
    local: bool,

    /// AWS region [default: the environment's, else us-west-2]
    #[arg(long)]
    region: Option<String>,

    /// Named profile of the AWS configuration
    #[arg(long)]
    profile: Option<String>,

    /// Name of the platform's stack
    #[arg(long, default_value = naming::DEFAULT_STACK)]
    stack_name: String,

    /// Prefix of tables, functions, roles and log groups [default: follows the stack's name]
    #[arg(long)]
    prefix: Option<String>,

    /// Environment; `prod` keeps requests out of the logs
    #[arg(long, value_parser = parameters::ENVIRONMENTS)]
    environment: Option<String>,

    /// Inference profile that the agent asks
    #[arg(long)]
    model_id: Option<String>,

    /// Architecture of the functions [default: this machine's]
    #[arg(long, value_enum)]
    arch: Option<Arch>,

    #[command(flatten)]
    content: package::Content,

    #[command(flatten)]
    page: PageAccess,

    /// Change the stack without asking
    #[arg(long)]
    yes: bool,

    /// Keep what succeeds where something fails; the next deployment goes on from there
    #[arg(long)]
    no_rollback: bool,

    /// Check every requirement afterwards; where that fails, return to the template and code before
    #[arg(long)]
    rollback_on_smoke_failure: bool,

    /// Let the data of this resource be lost, by its logical id; may be given more than once
    #[arg(long, value_name = "ID")]
    allow_replace: Vec<String>,

    /// Let somebody do or see more than before, without being asked
    #[arg(long)]
    allow_widening: bool,

    /// Make a second platform beside one that is there, without being asked
    #[arg(long)]
    allow_second: bool,

    /// Exchange the functions' code only, past CloudFormation; refused where more differs
    #[arg(long, conflicts_with_all = ["prefix", "environment", "model_id", "adopt"])]
    hotswap: bool,

    /// Service role that CloudFormation works with, instead of the caller's own rights
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,

    /// Take over tables that a deleted stack of the same name left behind
    #[arg(long)]
    adopt: bool,
}

/// Who may open the page on AWS.
#[derive(clap::Args)]
struct PageAccess {
    /// Let whoever knows the page's URL open it, without a password
    #[arg(long, conflicts_with = "local")]
    public_web: bool,

    /// Ask for a password before the page opens; it is made, and shown once [default]
    #[arg(long, conflicts_with_all = ["local", "public_web"])]
    no_public_web: bool,

    /// Make a new password for the page, and show it once
    #[arg(long, conflicts_with_all = ["local", "public_web"])]
    new_page_password: bool,
}

impl PageAccess {
    fn words(&self) -> impl Iterator<Item = String> {
        let flags = [
            (self.public_web, "--public-web"),
            (self.no_public_web, "--no-public-web"),
            (self.new_page_password, "--new-page-password"),
        ];
        flags
            .into_iter()
            .filter(|(given, _)| *given)
            .map(|(_, flag)| flag.to_owned())
    }
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let purpose = if args.local {
        Purpose::Local
    } else {
        Purpose::Lambda(args.arch)
    };
    let recipe = recipe(HOST, purpose)?;
    let workspace = Workspace::find()?;
    let target = args.target();
    if args.local {
        engine::require_python(&workspace.local)?;
    }
    if args.hotswap {
        return hotswap::run(&workspace, &target, &recipe, &args.content);
    }
    let total = 7 + usize::from(args.rollback_on_smoke_failure);
    let mut steps = Steps::new(total, again(&target), untouched(&target));
    steps.run("programs", siblings::DOING, || {
        Ok(siblings::build(&workspace)?)
    })?;
    // What would stop the deployment shows before minutes of compiling.
    steps.run(
        "doctor",
        &target.line("what could stop a deployment to"),
        || {
            if args.local {
                engine::ensure(&workspace.local)?;
            }
            Ok(siblings::run(
                &workspace,
                PROVISION,
                &[
                    target.command(&["doctor", "--brief"]),
                    args.options(&workspace),
                ]
                .concat(),
            )?)
        },
    )?;
    steps.run("package", &package::doing(&recipe), || {
        package::make(&workspace, &recipe, &args.content)
    })?;
    steps.left(left(&target));
    let options = args.options(&workspace);
    let provision = |name: &str, more: Vec<String>| [target.command(&[name]), more].concat();
    let plan = provision("plan", options.clone());
    steps.run("plan", "what would change", || {
        Ok(siblings::run(&workspace, PROVISION, &plan)?)
    })?;
    let apply = provision("apply", args.consent(options));
    let applied = steps.run("apply", "changing the stack through CloudFormation", || {
        applied(&siblings::answer(&workspace, PROVISION, &apply)?)
    })?;
    if let Some(announcement) = &applied.announcement {
        outputs::write(&format!("{announcement}\n"))?;
    }
    let page = steps.run("page", "making the page live", || {
        serve_or_upload(&workspace, &target)
    })?;
    let verify = provision("verify", package_flag(&workspace));
    steps.run(
        "verify",
        "comparing what runs with what is declared",
        || Ok(siblings::run(&workspace, PROVISION, &verify)?),
    )?;
    if args.rollback_on_smoke_failure {
        let run = |program: &str, words: &[&str]| {
            siblings::run(&workspace, program, &target.command(words))
        };
        steps.run("smoke", "checking every requirement", || {
            Ok(smoked(applied.changed, &target, run)?)
        })?;
    }
    let outputs = outputs::read(&workspace, &target)?;
    outputs::print(&outputs, Some(&page), &next(&target))?;
    Ok(Exit::Done)
}

/// What `provision apply --json` says.
#[derive(serde::Deserialize)]
struct Applied {
    changed: bool,
    /// What the person is told, once: a new password of the page.
    announcement: Option<String>,
}

fn applied(json: &[u8]) -> anyhow::Result<Applied> {
    serde_json::from_slice(json).context("cannot read what `provision apply` printed")
}

/// Checks the deployment; where that fails, and it has changed something, returns to the one
/// before, whose template, parameters and code `provision apply` has kept.
fn smoked(
    changed: bool,
    target: &Target,
    run: impl Fn(&str, &[&str]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Err(refused) = run(OPS, &["smoke"]) else {
        return Ok(());
    };
    let see = format!("see what fails: {}", target.line("cargo ops smoke"));
    if !changed {
        return Err(Failure::new(
            "smoke fails, and not since this deployment: nothing was changed",
        )
        .because(refused)
        .hint(see));
    }
    // Interrupted, not refused.
    if interrupt::requested() {
        return Err(refused);
    }
    match run(PROVISION, &["rollback", "--previous", "--yes"]) {
        Ok(()) => Err(Failure::new(
            "smoke refuses this deployment; the template and the code before it run again",
        )
        .because(refused)
        .hint(format!(
            "mend what smoke named above, then: {}",
            target.line("cargo xtask deploy")
        ))),
        Err(stays) => Err(Failure::new(format!(
            "smoke refuses this deployment ({refused}), and it could not be taken back"
        ))
        .because(stays)
        .hint(see)),
    }
}

impl Args {
    fn target(&self) -> Target {
        let region = || target::region(self.region.as_deref());
        let aws = || Aws {
            region: region(),
            profile: self.profile.clone(),
        };
        Target {
            aws: (!self.local).then(aws),
            stack: self.stack_name.clone(),
        }
    }

    /// What `plan` and `apply` both take.
    fn options(&self, workspace: &Workspace) -> Vec<String> {
        let options = [
            ("--prefix", self.prefix.as_ref()),
            ("--environment", self.environment.as_ref()),
            ("--model-id", self.model_id.as_ref()),
            ("--role-arn", self.role_arn.as_ref()),
        ];
        let given = options
            .into_iter()
            .filter_map(|(flag, value)| Some((flag, value?)));
        let mut words = package_flag(workspace);
        words.extend(given.flat_map(|(flag, value)| [flag.to_owned(), value.clone()]));
        words.extend(self.page.words());
        words.extend(self.adopt.then(|| "--adopt".to_owned()));
        words
    }

    fn consent(&self, mut options: Vec<String>) -> Vec<String> {
        options.extend(self.no_rollback.then(|| "--no-rollback".to_owned()));
        let replaced = self.allow_replace.iter();
        options.extend(replaced.flat_map(|id| ["--allow-replace".to_owned(), id.clone()]));
        options.extend(self.allow_widening.then(|| "--allow-widening".to_owned()));
        options.extend(self.allow_second.then(|| "--allow-second".to_owned()));
        options.extend(self.yes.then(|| "--yes".to_owned()));
        options.push("--json".to_owned());
        options
    }
}

/// Serves the page on this machine, or uploads it to its hosting; gives its URL.
fn serve_or_upload(workspace: &Workspace, target: &Target) -> anyhow::Result<String> {
    if target.aws.is_none() {
        return Ok(page::start(workspace, target)?.url);
    }
    let upload = target.command(&["page", "upload"]);
    let url = siblings::stdout(workspace, PROVISION, &upload)?;
    Ok(String::from_utf8_lossy(&url).trim().to_owned())
}

fn package_flag(workspace: &Workspace) -> Vec<String> {
    vec![
        "--package".to_owned(),
        workspace.package().to_string_lossy().into_owned(),
    ]
}

fn again(target: &Target) -> String {
    let line = target.line("cargo xtask deploy");
    format!("mend what the message says, then again (data are kept): {line}")
}

fn untouched(target: &Target) -> String {
    let line = target.line("cargo xtask deploy");
    format!("the stack was not touched, and what is compiled is kept; go on: {line}")
}

fn left(target: &Target) -> String {
    format!(
        "CloudFormation goes on with what it has begun; look: {}; go on: {}",
        target.line("cargo provision verify"),
        target.line("cargo xtask deploy")
    )
}

fn next(target: &Target) -> [(String, &'static str); 3] {
    [
        (
            target.line("cargo ops seed"),
            "writes sample supporters (the request above asks for one)",
        ),
        (target.line("cargo ops smoke"), "checks every requirement"),
        (
            target.line("cargo provision destroy"),
            "removes the stack and keeps the tables",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use clap::Parser;
    use contract::failure::report;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn args(line: &str) -> Args {
        Cli::parse_from(line.split(' ')).args
    }

    fn workspace() -> Workspace {
        Workspace {
            root: "/w".into(),
            target: "/t".into(),
            local: "/w/.local".into(),
        }
    }

    #[test]
    fn options_reach_plan_and_apply() {
        let args = args(
            "deploy --region eu-west-1 --prefix Blue --environment prod --public-web --adopt --yes",
        );
        let options = args.options(&workspace());
        assert_eq!(
            options.join(" "),
            "--package /t/package --prefix Blue --environment prod --public-web --adopt"
        );
        assert!(
            args.consent(options)
                .join(" ")
                .ends_with("--adopt --yes --json")
        );
        assert_eq!(args.target().flags(), ["--region", "eu-west-1"]);
    }

    #[test]
    fn what_is_allowed_reaches_apply_alone() {
        let args = args(
            "deploy --local --allow-replace A --allow-replace B --allow-widening --allow-second",
        );
        let options = args.options(&workspace());
        assert!(!options.join(" ").contains("--allow"));
        assert!(args.consent(options).join(" ").ends_with(
            "--allow-replace A --allow-replace B --allow-widening --allow-second --json"
        ));
    }

    #[test]
    fn without_yes_apply_asks() {
        let args = args("deploy --local");
        assert_eq!(
            args.consent(args.options(&workspace())),
            ["--package", "/t/package", "--json"]
        );
        assert_eq!(args.target().flags(), ["--local"]);
    }

    /// What `smoked` runs and says, where these programs fail.
    fn smoke_where(failing: &[&str], changed: bool) -> (Vec<String>, String) {
        let ran = RefCell::new(Vec::new());
        let run = |program: &str, words: &[&str]| {
            ran.borrow_mut()
                .push(format!("{program} {}", words.join(" ")));
            if !failing.contains(&words[0]) {
                return Ok(());
            }
            let how = format!("`{}` ended with exit code 1", words[0]);
            Err(Failure::new(how))
        };
        let said = match smoked(changed, &Target::local(naming::DEFAULT_STACK), run) {
            Ok(()) => String::new(),
            Err(failure) => report(&failure),
        };
        (ran.into_inner(), said)
    }

    #[test]
    fn a_deployment_that_smoke_refuses_is_taken_back() {
        let (ran, said) = smoke_where(&["smoke"], true);
        assert_eq!(ran, ["ops smoke", "provision rollback --previous --yes"]);
        assert!(
            said.contains("the template and the code before it run again"),
            "{said}"
        );
        assert_eq!(
            smoke_where(&[], true),
            (vec!["ops smoke".to_owned()], String::new())
        );
    }

    #[test]
    fn a_smoke_failure_of_before_takes_nothing_back() {
        let (ran, said) = smoke_where(&["smoke"], false);
        assert_eq!(ran, ["ops smoke"]);
        assert!(said.contains("not since this deployment"), "{said}");
    }

    #[test]
    fn what_could_not_be_taken_back_is_said() {
        let (_, said) = smoke_where(&["smoke", "rollback"], true);
        assert!(said.contains("could not be taken back"), "{said}");
    }

    #[test]
    fn what_apply_prints_is_read() {
        let read = applied(br#"{"stack":"Blue","changed":true,"announcement":null}"#).unwrap();
        assert!(read.changed && read.announcement.is_none());
        assert!(applied(b"").is_err());
    }

    #[test]
    fn the_local_target_has_no_region() {
        assert!(Cli::try_parse_from(["deploy", "--local", "--region", "eu-west-1"]).is_err());
    }
}
