//! The programs as they meet AWS: an endpoint that answers some calls as AWS would, with the rest
//! passed on to the run's engine.

use std::process::Command;

use anyhow::Result;
use contract::local;
use platform_tests::harness::AwsAnswers;
use platform_tests::platform::Platform;
use platform_tests::program::{self, Ended};

pub const JSON: &str = "application/x-amz-json-1.1";
pub const XML: &str = "text/xml";

/// Runs `provision` on a platform's stack, with `answers` for AWS.
pub fn provision(platform: &Platform, answers: &AwsAnswers, arguments: &[&str]) -> Result<Ended> {
    let mut command = Command::new(program::binary("provision")?);
    command
        .args(arguments)
        .args(["--region", local::REGION, "--stack-name", platform.stack()])
        .env("AWS_ENDPOINT_URL", answers.url())
        .env("AWS_ACCESS_KEY_ID", local::ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", local::ACCESS_KEY)
        // A refusal is not retried: the test is about what is said, not about patience.
        .env("AWS_MAX_ATTEMPTS", "1");
    program::ended(&mut command)
}
