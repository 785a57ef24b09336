//! Who checks with nothing but what `provision policy --only smoke` prints: it is enough. Who may
//! only deploy is told that nothing could be checked, and no deployment is blamed for it.

use anyhow::{Result, ensure};
use platform_tests::platform::Platform;
use serde_json::Value;

use crate::Look;
use crate::user::{User, printed};

pub const TESTS: &[(&str, Look)] = &[
    ("checker::the_printed_policy_is_enough_for_smoke", enough),
    (
        "checker::what_who_checks_may_not_see_is_no_failure_of_the_platform",
        not_enough,
    ),
];

/// A user with a printed policy.
fn user(platform: &Platform, which: &str) -> Result<User> {
    let policy = printed(platform, which, &[], "iam:SimulatePrincipalPolicy")?;
    let name = format!("{}-{which}-checks", platform.stack());
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
