//! Functions.

use std::collections::BTreeMap;

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::types::{Architecture, EnvironmentResponse, LogFormat, LoggingConfig, Runtime};
use contract::Failure;
use deploy_target::OrExplain;

use crate::clients::Clients;

/// A function as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveFunction {
    /// Its ARN.
    pub arn: String,
    /// Memory in MB.
    pub memory_mb: i32,
    /// Timeout in seconds.
    pub timeout_seconds: i32,
    /// Runtime.
    pub runtime: String,
    /// Architectures, joined.
    pub architecture: String,
    /// Its role's ARN.
    pub role: String,
    /// Environment.
    pub environment: BTreeMap<String, String>,
    /// SHA-256 of its code, in base64.
    pub code_sha256: String,
    /// `JSON` or `Text`.
    pub log_format: String,
    /// Its log group.
    pub log_group: String,
}

/// Reads a function; `None` where there is none.
///
/// # Errors
/// Where it cannot be read.
pub async fn function(clients: &Clients, name: &str) -> Result<Option<LiveFunction>, Failure> {
    let call = clients
        .lambda
        .get_function_configuration()
        .function_name(name)
        .send()
        .await;
    let what = format!("cannot read the function {name}");
    let Some(live) = call.found_or_explain(&clients.target, what)? else {
        return Ok(None);
    };
    Ok(Some(live_function(live)))
}

fn live_function(live: GetFunctionConfigurationOutput) -> LiveFunction {
    let architectures: Vec<&str> = live
        .architectures()
        .iter()
        .map(Architecture::as_str)
        .collect();
    let logging = live.logging_config();
    let format = logging
        .and_then(LoggingConfig::log_format)
        .map_or("Text", LogFormat::as_str);
    let environment = live.environment().and_then(EnvironmentResponse::variables);
    LiveFunction {
        architecture: architectures.join(", "),
        log_format: format.to_owned(),
        log_group: logging
            .and_then(LoggingConfig::log_group)
            .unwrap_or_default()
            .to_owned(),
        runtime: live.runtime().map_or("none", Runtime::as_str).to_owned(),
        environment: environment
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        arn: live.function_arn.unwrap_or_default(),
        memory_mb: live.memory_size.unwrap_or_default(),
        timeout_seconds: live.timeout.unwrap_or_default(),
        role: live.role.unwrap_or_default(),
        code_sha256: live.code_sha256.unwrap_or_default(),
    }
}
