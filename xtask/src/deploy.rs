//! `deploy`: build, package, plan, confirm, apply, verify.

use contract::{Exit, naming, parameters};

use crate::host::{Arch, HOST, Purpose, recipe};
use crate::siblings::PROVISION;
use crate::steps::Steps;
use crate::target::{self, Aws, Target};
use crate::workspace::Workspace;
use crate::{engine, outputs, package, page, siblings};

/// Build the platform and deploy it, on AWS or on this machine
///
/// Shows the plan and asks before anything changes.
#[derive(clap::Args)]
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
    let mut steps = Steps::new(7, again(&target), untouched(&target));
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
    let mut provision = |name: &'static str, doing: &str, more: Vec<String>| {
        let command = [target.command(&[name]), more].concat();
        steps.run(name, doing, || {
            Ok(siblings::run(&workspace, PROVISION, &command)?)
        })
    };
    let options = args.options(&workspace);
    provision("plan", "what would change", options.clone())?;
    provision(
        "apply",
        "changing the stack through CloudFormation",
        args.consent(options),
    )?;
    let page = steps.run("page", "making the page live", || {
        serve_or_upload(&workspace, &target)
    })?;
    let verify = [target.command(&["verify"]), package_flag(&workspace)].concat();
    steps.run(
        "verify",
        "comparing what runs with what is declared",
        || Ok(siblings::run(&workspace, PROVISION, &verify)?),
    )?;
    let outputs = outputs::read(&workspace, &target)?;
    outputs::print(&outputs, Some(&page), &next(&target))?;
    Ok(Exit::Done)
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
        options.extend(self.yes.then(|| "--yes".to_owned()));
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
    use clap::Parser;

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
        assert!(args.consent(options).join(" ").ends_with("--adopt --yes"));
        assert_eq!(args.target().flags(), ["--region", "eu-west-1"]);
    }

    #[test]
    fn without_yes_apply_asks() {
        let args = args("deploy --local");
        assert_eq!(
            args.consent(args.options(&workspace())),
            ["--package", "/t/package"]
        );
        assert_eq!(args.target().flags(), ["--local"]);
    }

    #[test]
    fn the_local_target_has_no_region() {
        assert!(Cli::try_parse_from(["deploy", "--local", "--region", "eu-west-1"]).is_err());
    }
}
