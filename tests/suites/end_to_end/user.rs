//! A user of the engine with one policy, in whose name programs run.

use std::sync::Arc;

use anyhow::{Context, Result};
use platform_tests::harness::{AccessKey, Call, Meddler, Principal};
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};
use serde_json::{Value, json};

/// The user's only policy.
const POLICY: &str = "only";

/// A user, and the way by which programs reach the engine in their name.
pub struct User {
    name: String,
    /// What stands before the engine.
    pub way: Meddler,
}

impl User {
    /// Makes a user with `policy` and nothing else. Calls that `stays` names stay the
    /// administrator's.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn make(
        platform: &Platform,
        name: String,
        policy: &Value,
        stays: fn(&Call) -> bool,
    ) -> Result<Self> {
        let (aws, iam) = (&platform.aws, &platform.aws.iam);
        aws.wait(iam.create_user().user_name(&name).send())?;
        let made = aws.wait(iam.create_access_key().user_name(&name).send())?;
        let key = made.access_key.context("no key")?;
        let key = AccessKey {
            id: key.access_key_id,
            secret: key.secret_access_key,
        };
        let principal = Arc::new(Principal { key, stays });
        let way = Meddler::start(platform.endpoint(), principal)?;
        let user = Self { name, way };
        user.grant(platform, policy)?;
        Ok(user)
    }

    /// Makes `policy` all that the user has.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn grant(&self, platform: &Platform, policy: &Value) -> Result<()> {
        let put = platform.aws.iam.put_user_policy();
        let put = put.user_name(&self.name).policy_name(POLICY);
        let put = put.policy_document(policy.to_string());
        platform.aws.wait(put.send())?;
        Ok(())
    }

    /// Runs `ops` as this user.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn ops(&self, stack: &str, words: &[&str]) -> Result<Ended> {
        let words = [words, &["--local", "--stack-name", stack]].concat();
        program::ended(&mut program::command(self.way.dir(), "ops", &words)?)
    }
}

/// What `provision policy --only WHICH` prints for a platform, and one right on everything besides,
/// since the engine does not see in such a call what it is about.
///
/// # Errors
/// Where it fails.
pub fn printed(platform: &Platform, which: &str, more: &[&str], besides: &str) -> Result<Value> {
    let words = [&["policy", "--only", which], more].concat();
    let printed = platform.run("provision", &words)?.success()?;
    let mut policy: Value = serde_json::from_str(&printed.stdout)?;
    let statements = policy["Statement"].as_array_mut();
    statements.context("no statements")?.push(json!({
        "Effect": "Allow", "Action": [besides], "Resource": ["*"],
    }));
    Ok(policy)
}
