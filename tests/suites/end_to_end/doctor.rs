//! What `provision doctor` says: of the engine itself, and of an account as AWS answers for it.

use anyhow::{Context, Result, ensure};
use contract::model::{DEFAULT_FOUNDATION_MODEL, DEFAULT_MODEL, foundation_model_arns};
use platform_tests::harness::{AwsAnswers, Call, Reply};
use platform_tests::platform::Platform;
use platform_tests::program::Ended;
use serde_json::{Value, json};

use crate::Look;
use crate::on_aws::{JSON, provision};

pub const TESTS: &[(&str, Look)] = &[
    (
        "doctor::the_local_platform_is_well_and_what_cannot_be_told_is_skipped_by_name",
        local,
    ),
    (
        "doctor::an_account_that_is_well_passes_and_strict_stops_on_warnings",
        well,
    ),
    (
        "doctor::a_misspelt_model_is_an_error_that_names_the_near_one",
        misspelt,
    ),
    (
        "doctor::a_model_at_its_end_and_one_without_access_are_told",
        model_life_and_access,
    ),
    ("doctor::a_missing_log_role_is_an_error", log_role),
    ("doctor::a_bucket_of_another_account_is_an_error", bucket),
    ("doctor::a_quota_that_cannot_be_read_is_a_warning", quotas),
];

fn local(platform: &Platform) -> Result<()> {
    let said = platform
        .run("provision", &["doctor", "--json"])?
        .success()?;
    let said: Value = serde_json::from_str(&said.stdout)?;
    ensure!(said["errors"] == 0 && said["warnings"] == 0, "{said}");
    let skipped: Vec<_> = said["skipped"]
        .as_array()
        .context("no skips")?
        .iter()
        .filter_map(|skip| skip["look"].as_str())
        .collect();
    ensure!(
        skipped
            == [
                "model",
                "model's life",
                "model access",
                "bucket's owner",
                "quotas"
            ],
        "{skipped:?}"
    );
    Ok(())
}

/// An account in which all is well, as far as the engine does not answer for it.
fn healthy(call: &Call) -> Option<Reply> {
    let json = |value: Value| Some((200, JSON, value.to_string()));
    if call.action == "GetServiceQuota" {
        return json(json!({ "Quota": { "QuotaCode": "L-0", "Value": 2000.0 } }));
    }
    let path = call.path.as_str();
    if path == format!("/inference-profiles/{DEFAULT_MODEL}") {
        let models: Vec<Value> = foundation_model_arns(DEFAULT_MODEL)
            .into_iter()
            .map(|arn| json!({ "modelArn": arn }))
            .collect();
        return json(json!({
            "inferenceProfileName": "US Claude Sonnet 4.6", "inferenceProfileId": DEFAULT_MODEL,
            "inferenceProfileArn": "arn:aws:bedrock:us-west-2:1:inference-profile/x",
            "status": "ACTIVE", "type": "SYSTEM_DEFINED", "models": models,
        }));
    }
    if path.starts_with("/inference-profiles/") {
        let gone = json!({
            "__type": "ResourceNotFoundException",
            "message": "The provided inference profile does not exist",
        });
        return Some((404, JSON, gone.to_string()));
    }
    if path.starts_with("/inference-profiles") {
        return json(json!({ "inferenceProfileSummaries": [{
            "inferenceProfileName": "US Claude Sonnet 4.6", "inferenceProfileId": DEFAULT_MODEL,
            "inferenceProfileArn": "arn:aws:bedrock:us-west-2:1:inference-profile/x",
            "status": "ACTIVE", "type": "SYSTEM_DEFINED", "models": [],
        }] }));
    }
    if path == format!("/foundation-models/{DEFAULT_FOUNDATION_MODEL}") {
        return json(model(&json!({ "status": "ACTIVE" })));
    }
    if path.starts_with("/foundation-model-availability/") {
        return json(availability("AVAILABLE"));
    }
    if path == "/use-case-for-model-access" {
        return json(json!({ "formData": "e30=" }));
    }
    None
}

fn model(lifecycle: &Value) -> Value {
    json!({ "modelDetails": {
        "modelArn": foundation_model_arns(DEFAULT_MODEL)[0], "modelId": DEFAULT_FOUNDATION_MODEL,
        "modelLifecycle": lifecycle,
    } })
}

fn availability(agreement: &str) -> Value {
    json!({
        "modelId": DEFAULT_FOUNDATION_MODEL, "agreementAvailability": { "status": agreement },
        "authorizationStatus": "AUTHORIZED", "entitlementAvailability": "AVAILABLE",
        "regionAvailability": "AVAILABLE",
    })
}

/// The doctor's word on an account that is well but for what `script` answers.
fn examine(
    platform: &Platform,
    script: fn(&Call) -> Option<Reply>,
    arguments: &[&str],
) -> Result<Ended> {
    let answers = AwsAnswers::start(platform.endpoint(), move |call| {
        script(call).or_else(|| healthy(call))
    })?;
    provision(platform, &answers, &[&["doctor"], arguments].concat())
}

/// Every word stands in what was printed, and the exit code is `code`.
fn says(ended: &Ended, code: i32, words: &[&str]) -> Result<()> {
    ensure!(ended.code == Some(code), "{ended:#?}");
    for word in words {
        ensure!(
            ended.stdout.contains(word),
            "no {word:?} in {}",
            ended.stdout
        );
    }
    Ok(())
}

fn well(platform: &Platform) -> Result<()> {
    let said = examine(platform, |_| None, &[])?;
    // The engine's administrator is a root user: on AWS, that is a warning.
    let words = [
        "as its root user",
        "0 errors, 1 warning",
        "all granted",
        "stacks: ",
    ];
    says(&said, 0, &words)?;
    says(&examine(platform, |_| None, &["--strict"])?, 3, &words)
}

fn misspelt(platform: &Platform) -> Result<()> {
    let said = examine(
        platform,
        |_| None,
        &["--model-id", "us.anthropic.claude-sonet-4-6"],
    )?;
    let near = format!("deploy with --model-id {DEFAULT_MODEL}");
    says(
        &said,
        3,
        &[
            "error    model",
            "Bedrock knows no inference profile",
            &near,
        ],
    )
}

fn model_life_and_access(platform: &Platform) -> Result<()> {
    let said = examine(
        platform,
        |call| {
            let path = call.path.as_str();
            let answer = if path.starts_with("/foundation-models/") {
                // 2026-06-30T00:00:00Z
                model(&json!({ "status": "LEGACY", "endOfLifeTime": "2026-06-30T00:00:00Z" }))
            } else if path.starts_with("/foundation-model-availability/") {
                availability("NOT_AVAILABLE")
            } else {
                return None;
            };
            Some((200, JSON, answer.to_string()))
        },
        &[],
    )?;
    says(
        &said,
        3,
        &[
            "anthropic.claude-sonnet-4-6 ended on 2026-06-30",
            "not been subscribed",
        ],
    )?;
    let formless = |call: &Call| {
        let form = call.path == "/use-case-for-model-access";
        form.then(|| {
            (
                404,
                JSON,
                json!({ "__type": "ResourceNotFoundException", "message": "none" }).to_string(),
            )
        })
    };
    let said = examine(platform, formless, &[])?;
    says(
        &said,
        0,
        &["the one-time form of the model's provider was not sent"],
    )
}

fn log_role(platform: &Platform) -> Result<()> {
    let none = |call: &Call| {
        let account = call.path == "/account" && call.method == "GET";
        account.then(|| (200, JSON, "{}".to_owned()))
    };
    let said = examine(platform, none, &[])?;
    let words = [
        "error    log role",
        "API Gateway has no role to write logs with",
        "next:  aws apigateway update-account --patch-operations op=replace,path=/cloudwatchRoleArn",
    ];
    says(&said, 3, &words)
}

fn bucket(platform: &Platform) -> Result<()> {
    let foreign = |call: &Call| {
        let head = call.method == "HEAD" && call.path.contains("artifactbucket");
        head.then(|| (403, "application/xml", String::new()))
    };
    let said = examine(platform, foreign, &[])?;
    says(
        &said,
        3,
        &["error    bucket", "is not a bucket of account 000000000000"],
    )
}

fn quotas(platform: &Platform) -> Result<()> {
    let denied = |call: &Call| {
        let body = json!({ "__type": "AccessDeniedException", "Message": "not authorized" });
        (call.action == "GetServiceQuota").then(|| (400, JSON, body.to_string()))
    };
    let said = examine(platform, denied, &[])?;
    says(
        &said,
        0,
        &[
            "cannot read the quota of stacks",
            "AccessDeniedException: not authorized",
        ],
    )
}
