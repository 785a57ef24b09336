//! What a deployer may choose. What is not given stays as the live stack has it.

use std::path::PathBuf;

use clap::Args;
use contract::parameters::ENVIRONMENTS;

use crate::page::access::PageOptions;

/// Options of `apply`, and of `plan`, which shows what `apply` would do.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Folder with the packages and their manifest (`cargo xtask package`)
    #[arg(long, value_name = "DIR", default_value = "target/package")]
    pub package: PathBuf,

    /// Take over tables of this stack that exist outside it, with their data
    #[arg(long)]
    pub adopt: bool,

    /// Prefix of tables, functions, roles and log groups [default: follows the stack's name]
    #[arg(long)]
    pub prefix: Option<String>,

    /// Environment; prod never logs whole requests [default: dev]
    #[arg(long, value_parser = ENVIRONMENTS)]
    pub environment: Option<String>,

    /// Inference profile of a Claude model [default: by region]
    #[arg(long, value_name = "ID")]
    pub model_id: Option<String>,

    /// Temperature of the model, 0 to 1; '' sends none [default: none]
    #[arg(long, value_name = "NUMBER", value_parser = temperature)]
    pub model_temperature: Option<String>,

    /// Tokens the model may answer with; '' leaves it to the model [default: 1024]
    #[arg(long, value_name = "TOKENS", value_parser = max_tokens)]
    pub model_max_tokens: Option<String>,

    /// Guardrail that the model is asked under; '' for none [default: none]
    #[arg(long, value_name = "ID", requires = "guardrail_version")]
    pub guardrail_id: Option<String>,

    /// Version of the guardrail: a number, DRAFT, or '' for none
    #[arg(long, value_name = "VERSION", requires = "guardrail_id")]
    pub guardrail_version: Option<String>,

    /// Days that logs are kept [default: 30]
    #[arg(long, value_name = "DAYS")]
    pub log_retention_days: Option<u32>,

    /// Topic that alarms go to [default: none]
    #[arg(long, value_name = "ARN")]
    pub alarm_topic_arn: Option<String>,

    /// Who may open the page.
    #[command(flatten)]
    pub page: PageOptions,

    /// Log whole REST requests and responses, except where the environment is prod [default]
    #[arg(long, overrides_with = "no_full_request_logging")]
    pub full_request_logging: bool,

    /// Log no whole requests and responses
    #[arg(long)]
    pub no_full_request_logging: bool,
}

fn temperature(text: &str) -> Result<String, String> {
    let fits = |number: f64| (0.0..=1.0).contains(&number);
    if text.is_empty() || text.parse().is_ok_and(fits) {
        return Ok(text.to_owned());
    }
    Err("a number from 0 to 1, or ''".to_owned())
}

fn max_tokens(text: &str) -> Result<String, String> {
    if text.is_empty() || text.parse().is_ok_and(|tokens: u32| tokens > 0) {
        return Ok(text.to_owned());
    }
    Err("a whole number from 1, or ''".to_owned())
}
