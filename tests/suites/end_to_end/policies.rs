//! Who checks, or plans, with nothing but what `provision policy` prints for that: it is enough. Who
//! may only deploy is told that nothing could be checked, and no deployment is blamed for it; who may
//! only plan changes nothing.

use anyhow::{Result, ensure};
use platform_tests::platform::Platform;
use platform_tests::program;
use serde_json::Value;

use crate::Look;
use crate::survives::through;
use crate::user::{User, printed};

pub const TESTS: &[(&str, Look)] = &[
    ("policies::the_printed_policy_is_enough_for_smoke", enough),
    (
        "policies::what_who_checks_may_not_see_is_no_failure_of_the_platform",
        not_enough,
    ),
    ("policies::who_may_only_plan_changes_nothing", planning),
];

/// A user with a printed policy.
fn user(platform: &Platform, which: &str) -> Result<User> {
    let policy = printed(platform, which, &[], "iam:SimulatePrincipalPolicy")?;
    let name = format!("{}-{which}", platform.stack());
    User::make(platform, name, &policy, |_| false)
}

fn report(user: &User, platform: &Platform) -> Result<Value> {
    let ended = user.ops(platform.stack(), &["smoke", "--json"])?;
    Ok(serde_json::from_str(&ended.stdout)?)
}

fn enough(platform: &Platform) -> Result<()> {
    let report = report(&user(platform, "smoke")?, platform)?;
    let checks = report["checks"].as_array().into_iter().flatten();
    let bad: Vec<&Value> = checks
        .filter(|check| check["outcome"] == "failed" || check["outcome"] == "unchecked")
        .collect();
    ensure!(bad.is_empty(), "{bad:?}");
    ensure!(report["passed"].as_u64() > Some(50), "{report}");
    Ok(())
}

fn not_enough(platform: &Platform) -> Result<()> {
    let report = report(&user(platform, "stack")?, platform)?;
    ensure!(report["unchecked"].as_u64() > Some(10), "{report}");
    ensure!(report["failed"] == 0, "{report}");
    Ok(())
}

fn planning(platform: &Platform) -> Result<()> {
    let policy = printed(platform, "plan", &[], "dynamodb:ListTagsOfResource")?;
    let name = format!("{}-plans", platform.stack());
    let user = User::make(platform, name, &policy, |_| false)?;
    let packages = program::packages()?;
    let change = ["--package", &packages, "--log-retention-days", "90"];
    let does = |words: &[&str]| through(&user.way, platform.stack(), &[words, &change].concat());
    let plan = does(&["plan", "--markdown"])?.success()?;
    ensure!(plan.stdout.contains("RetentionInDays"), "{plan:?}");
    let apply = does(&["apply", "--yes"])?;
    // Already where the deployment before would be kept: what it may write, nobody deploys.
    let denied = "not authorized to perform: s3:PutObject";
    ensure!(
        apply.code == Some(1) && apply.stderr.contains(denied),
        "{apply:?}"
    );
    // The change set of the plan, and of the refused deployment, are gone.
    does(&["plan"])?.success()?;
    Ok(())
}
