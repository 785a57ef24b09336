//! What `deploy` takes, and what of it the programs get.

use contract::naming;

use super::settings::{self, Settings};
use crate::host::Arch;
use crate::package;
use crate::target::{self, Aws, Target};
use crate::workspace::Workspace;

/// What only a whole deployment can do, besides changing settings.
const WHOLE: [&str; 11] = [
    "prefix",
    "adopt",
    "role_arn",
    "no_rollback",
    "rollback_on_smoke_failure",
    "allow_replace",
    "allow_widening",
    "allow_second",
    "public_web",
    "no_public_web",
    "new_page_password",
];

/// Build the platform and deploy it, on AWS or on this machine
///
/// Shows the plan and asks before anything changes.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Args {
    /// The platform on this machine, without seeding and checks (`up` has them)
    #[arg(long, conflicts_with_all = ["region", "profile", "arch"])]
    pub(super) local: bool,

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

    #[command(flatten)]
    settings: Settings,

    /// Architecture of the functions [default: this machine's]
    #[arg(long, value_enum)]
    pub(super) arch: Option<Arch>,

    #[command(flatten)]
    pub(super) content: package::Content,

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
    pub(super) rollback_on_smoke_failure: bool,

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
    #[arg(long, conflicts_with_all = WHOLE, conflicts_with_all = settings::NAMES)]
    pub(super) hotswap: bool,

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

impl Args {
    /// Where to.
    pub(super) fn target(&self) -> Target {
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

    /// What `doctor` and `apply` both take.
    pub(super) fn options(&self, workspace: &Workspace) -> Vec<String> {
        let options = [
            ("--prefix", self.prefix.as_ref()),
            ("--role-arn", self.role_arn.as_ref()),
        ];
        let given = options
            .into_iter()
            .filter_map(|(flag, value)| Some((flag, value?)));
        let mut words = package_flag(workspace);
        words.extend(given.flat_map(|(flag, value)| [flag.to_owned(), value.clone()]));
        words.extend(self.settings.words());
        words.extend(self.page.words());
        words.extend(self.adopt.then(|| "--adopt".to_owned()));
        words
    }

    /// The same, with what `apply` alone takes.
    pub(super) fn consent(&self, mut options: Vec<String>) -> Vec<String> {
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

/// Which packages.
pub(super) fn package_flag(workspace: &Workspace) -> Vec<String> {
    vec![
        "--package".to_owned(),
        workspace.package().to_string_lossy().into_owned(),
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
            "deploy --region eu-west-1 --prefix Blue --environment prod --public-web --adopt --yes \
             --alarm-topic-arn arn --log-retention-days 90 --no-full-request-logging",
        );
        let options = args.options(&workspace());
        assert_eq!(
            options.join(" "),
            "--package /t/package --prefix Blue --environment prod --log-retention-days 90 \
             --alarm-topic-arn arn --no-full-request-logging --public-web --adopt"
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

    #[test]
    fn a_hotswap_takes_nothing_that_only_a_whole_deployment_can_do() {
        for flag in WHOLE.into_iter().chain(settings::NAMES) {
            let line = format!("deploy --hotswap --{}", flag.replace('_', "-"));
            let refused = Cli::try_parse_from(line.split(' ')).is_err();
            let value = if flag == "log_retention_days" {
                "30"
            } else {
                "dev"
            };
            let with_value = Cli::try_parse_from(format!("{line} {value}").split(' ')).is_err();
            assert!(refused && with_value, "{line}");
        }
        assert!(args("deploy --hotswap --local --yes --stack-name Blue").hotswap);
    }

    #[test]
    fn the_local_target_has_no_region() {
        assert!(Cli::try_parse_from(["deploy", "--local", "--region", "eu-west-1"]).is_err());
    }
}
