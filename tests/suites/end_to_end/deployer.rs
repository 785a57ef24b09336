//! Who deploys with nothing but what `provision policy` prints: it is enough for a platform's whole
//! life, and each right that the engine can enforce is missed, by name, when it is taken away.
//!
//! The deployer is a user of the engine with the printed `stack` policy, and CloudFormation is handed
//! a service role (the engine works with its own rights instead: `role.rs` says what is shown of
//! that). What stays the administrator's is the local target's own step after `apply`, which AWS
//! does not need.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use contract::{Function, naming};
use platform_tests::engine::Engine;
use platform_tests::harness::Call;
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};
use serde_json::{Value, json};

use super::survives::{mixed_up, through};
use super::user::{User, printed};
use crate::{Alone, Break};

pub const ALONE: &[(&str, Alone)] = &[(
    "deployer::the_printed_policy_is_enough_from_the_first_deployment_to_the_last",
    life,
)];

pub const TESTS: &[(&str, Break)] = &[(
    "deployer::each_right_is_missed_by_name_when_it_is_taken_away",
    missed,
)];

/// The service role, which the engine does not assume.
const ROLE: &str = "arn:aws:iam::000000000000:role/platform-resources";

/// The engine looks for a table's name in calls, and this one has an ARN.
const BY_ARN: &str = "dynamodb:ListTagsOfResource";

/// A user with the printed policy, at a platform.
struct Deployer<'a> {
    platform: Platform<'a>,
    user: User,
    policy: Value,
}

impl<'a> Deployer<'a> {
    fn of(engine: &'a Engine, stack: &str) -> Result<Self> {
        let platform = Platform::at(engine, stack)?;
        let policy = printed(&platform, "stack", &["--role-arn", ROLE], BY_ARN)?;
        let name = format!("{stack}-deployer");
        let user = User::make(&platform, name, &policy, of_the_local_step)?;
        Ok(Self {
            platform,
            user,
            policy,
        })
    }

    /// Runs `provision` as this user.
    fn run(&self, words: &[&str]) -> Result<Ended> {
        let role: &[&str] = &["--role-arn", ROLE];
        through(
            &self.user.way,
            self.platform.stack(),
            &[words, role].concat(),
        )
    }

    /// Runs a command that reads packages.
    fn with_packages(&self, words: &[&str]) -> Result<Ended> {
        self.run(&[words, &["--package", &program::packages()?]].concat())
    }
}

/// The calls by which the local target closes the engine's gaps after `apply` (`provision/src/local`).
fn of_the_local_step(call: &Call) -> bool {
    let action = call.action.as_str();
    [
        "UpdateTable",
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "PutRolePolicy",
    ]
    .contains(&action)
        || (action.starts_with("POST /restapis/") && action.ends_with("/requestvalidators"))
        || (action.starts_with("PATCH /restapis/") && action.contains("/methods/"))
        || (action.starts_with("PATCH /v2/apis/") && action.contains("/stages/"))
}

/// In an account with nothing in it.
fn life() -> Result<()> {
    let engine = Engine::start()?;
    let deployer = Deployer::of(&engine, naming::DEFAULT_STACK)?;
    let does = |words: &[&str]| deployer.with_packages(words)?.success();
    does(&["plan"])?;
    let first = does(&["apply", "--yes"])?;
    ensure!(first.stderr.contains("6 packages uploaded"), "{first:?}");
    does(&["verify"])?;
    does(&["plan", "--exit-code"])?;
    does(&["apply", "--yes", "--log-retention-days", "90"])?;
    does(&["verify"])?;
    let run = |words: &[&str]| deployer.run(words)?.success();
    run(&["doctor"])?;
    run(&["rotate-key", "--yes"])?;
    run(&["rotate-key", "--finish", "--yes"])?;
    run(&["outputs", "--with-key"])?;
    run(&["function-env", "get-profile"])?;
    run(&["drift"])?;
    run(&["rollback", "--previous", "--yes"])?;
    // Nobody's data are theirs to write: the rights are enforced.
    let stack = deployer.platform.stack();
    let seed = deployer.user.ops(stack, &["seed", "--users", "1"])?;
    ensure!(
        seed.code == Some(1) && seed.stderr.contains("not authorized to perform: dynamodb:"),
        "{seed:?}"
    );
    let gone = run(&["destroy", "--yes"])?;
    ensure!(
        gone.stdout.contains("SupporterEngagement-Users"),
        "{gone:?}"
    );
    Ok(())
}

/// What is done without one right.
#[derive(Clone, Copy)]
enum Step {
    /// A plan with a change.
    Plan,
    /// A deployment with a change: this retention of logs, in days.
    Apply(&'static str),
    Verify,
    Drift,
    Doctor,
    /// Another function's code for one.
    Hotswap,
    Destroy,
}

/// Each right that the engine enforces, and what fails without it, in an order in which nothing is
/// changed before the last three.
const NEEDED: &[(&str, Step)] = &[
    ("apigateway:GET", Step::Verify),
    ("cloudformation:CreateChangeSet", Step::Plan),
    ("cloudformation:DeleteChangeSet", Step::Plan),
    ("cloudformation:DescribeChangeSet", Step::Plan),
    (
        "cloudformation:DescribeStackDriftDetectionStatus",
        Step::Drift,
    ),
    ("cloudformation:DescribeStackResource", Step::Doctor),
    ("cloudformation:DescribeStackResourceDrifts", Step::Drift),
    ("cloudformation:DescribeStacks", Step::Plan),
    ("cloudformation:DetectStackDrift", Step::Drift),
    ("cloudformation:ExecuteChangeSet", Step::Apply("90")),
    ("cloudformation:GetTemplate", Step::Plan),
    ("cloudformation:ListStackResources", Step::Plan),
    ("dynamodb:DescribeContinuousBackups", Step::Verify),
    ("dynamodb:DescribeTable", Step::Verify),
    ("dynamodb:DescribeTimeToLive", Step::Verify),
    ("dynamodb:ListTagsOfResource", Step::Destroy),
    ("iam:GetRole", Step::Verify),
    ("iam:GetRolePolicy", Step::Verify),
    ("iam:ListAttachedRolePolicies", Step::Verify),
    ("iam:ListRolePolicies", Step::Verify),
    ("lambda:GetFunctionConfiguration", Step::Verify),
    ("lambda:UpdateFunctionCode", Step::Hotswap),
    ("s3:GetObject", Step::Plan),
    ("s3:PutObject", Step::Apply("90")),
    ("cloudformation:DeleteStack", Step::Destroy),
    // The change is made, and cannot be followed.
    ("cloudformation:DescribeStackEvents", Step::Apply("90")),
    // The stack is gone, and what is left cannot be listed.
    ("dynamodb:ListBackups", Step::Destroy),
    ("s3:ListBucket", Step::Destroy),
];

/// Before this one, the platform is made again, over its tables.
const AGAIN: &str = "s3:ListBucket";

const NO_HOSTING: &str = "the engine has no hosting; held by the tests of the upload";
const NO_MODEL: &str = "doctor does not ask the engine for models";
const NO_QUOTAS: &str = "doctor does not ask the engine for quotas";

/// The rights that cannot be shown here, with the reason.
const UNSHOWN: &[(&str, &str)] = &[
    ("amplify:CreateDeployment", NO_HOSTING),
    ("amplify:GetApp", NO_HOSTING),
    ("amplify:GetBranch", NO_HOSTING),
    ("amplify:GetJob", NO_HOSTING),
    ("amplify:ListJobs", NO_HOSTING),
    ("amplify:StartDeployment", NO_HOSTING),
    ("amplify:StopJob", NO_HOSTING),
    ("bedrock:GetFoundationModel", NO_MODEL),
    ("bedrock:GetFoundationModelAvailability", NO_MODEL),
    ("bedrock:GetInferenceProfile", NO_MODEL),
    ("bedrock:GetUseCaseForModelAccess", NO_MODEL),
    ("bedrock:ListInferenceProfiles", NO_MODEL),
    (
        "cloudformation:ContinueUpdateRollback",
        "no rollback gets stuck on the engine",
    ),
    (
        "cloudformation:DescribeEvents",
        "the engine validates nothing early",
    ),
    (
        "cloudformation:ListChangeSets",
        "only asked where a change set of an interrupted deployment may be left",
    ),
    (
        "cloudformation:ListStacks",
        "doctor counts stacks for their quota, not on the engine",
    ),
    (
        "cloudformation:RollbackStack",
        "only asked after a failure without rollback",
    ),
    (
        "cloudformation:TagResource",
        "the engine does not ask for it beside CreateChangeSet",
    ),
    (
        "cloudformation:UpdateTerminationProtection",
        "local stacks are not protected from deletion",
    ),
    (
        "dynamodb:ListTables",
        "doctor counts tables for their quota, not on the engine",
    ),
    ("iam:GetAccountSummary", NO_QUOTAS),
    (
        "iam:PassRole",
        "the engine hands roles to CloudFormation without asking",
    ),
    ("lambda:GetAccountSettings", NO_QUOTAS),
    ("servicequotas:GetServiceQuota", NO_QUOTAS),
];

impl Deployer<'_> {
    fn does(&self, step: Step) -> Result<Ended> {
        match step {
            Step::Plan => self.with_packages(&["plan", "--log-retention-days", "90"]),
            Step::Apply(days) => {
                self.with_packages(&["apply", "--yes", "--log-retention-days", days])
            }
            Step::Verify => self.with_packages(&["verify"]),
            Step::Drift => self.run(&["drift"]),
            Step::Doctor => self.run(&["doctor", "--strict"]),
            Step::Hotswap => {
                let other = mixed_up(Function::Search, Function::WsConnect)?;
                let other = other.path().to_string_lossy();
                self.run(&["hotswap", "--package", &other])
            }
            Step::Destroy => self.run(&["destroy", "--yes"]),
        }
    }

    /// The user's policy without an action; a statement that is left with none goes as well.
    fn without(&self, action: &str) -> Value {
        let mut less = self.policy.clone();
        if let Some(statements) = less["Statement"].as_array_mut() {
            for statement in &mut *statements {
                if let Some(actions) = statement["Action"].as_array_mut() {
                    actions.retain(|other| other != action);
                }
            }
            statements.retain(|statement| statement["Action"] != json!([]));
        }
        less
    }
}

fn missed(engine: &Engine) -> Result<()> {
    let deployer = Deployer::of(engine, "Granted")?;
    let statements = deployer.policy["Statement"]
        .as_array()
        .into_iter()
        .flatten();
    let granted: BTreeSet<&str> = statements
        .flat_map(|statement| statement["Action"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let listed = NEEDED.iter().map(|(action, _)| *action);
    let listed: BTreeSet<&str> = listed
        .chain(UNSHOWN.iter().map(|(action, _)| *action))
        .collect();
    ensure!(
        listed == granted,
        "neither shown nor listed, or not granted: {:?}",
        listed.symmetric_difference(&granted)
    );
    deployer.platform.apply()?.success()?;
    for &(action, step) in NEEDED {
        if action == AGAIN {
            deployer.user.grant(&deployer.platform, &deployer.policy)?;
            let again = ["apply", "--yes", "--allow-second", "--adopt"];
            deployer.with_packages(&again)?.success()?;
        }
        let less = deployer.without(action);
        deployer.user.grant(&deployer.platform, &less)?;
        let refused = deployer.does(step)?;
        let said = [refused.stdout.as_str(), &refused.stderr].concat();
        ensure!(
            refused.code != Some(0) && said.contains(action),
            "without {action}: {refused:?}"
        );
    }
    Ok(())
}
