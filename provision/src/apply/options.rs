//! What a deployer may choose. What is not given stays as the live stack has it.

use std::path::PathBuf;

use clap::Args;
use contract::parameters::ENVIRONMENTS;

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

    /// Days that logs are kept [default: 30]
    #[arg(long, value_name = "DAYS")]
    pub log_retention_days: Option<u32>,

    /// Topic that alarms go to [default: none]
    #[arg(long, value_name = "ARN")]
    pub alarm_topic_arn: Option<String>,

    /// Log whole REST requests and responses, except where the environment is prod [default]
    #[arg(long, overrides_with = "no_full_request_logging")]
    pub full_request_logging: bool,

    /// Log no whole requests and responses
    #[arg(long)]
    pub no_full_request_logging: bool,
}
