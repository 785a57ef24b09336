//! What of the platform a deployer may set besides its place: passed on to `provision`, which knows
//! what fits.

/// Settings of the stack; what is not given stays as the live stack has it.
#[derive(clap::Args)]
pub(super) struct Settings {
    /// Environment; `prod` keeps requests out of the logs
    #[arg(long, value_parser = contract::parameters::ENVIRONMENTS)]
    environment: Option<String>,

    /// Inference profile that the agent asks
    #[arg(long, value_name = "ID")]
    model_id: Option<String>,

    /// Temperature of the model, 0 to 1; '' sends none
    #[arg(long, value_name = "NUMBER")]
    model_temperature: Option<String>,

    /// Tokens the model may answer with; '' leaves it to the model
    #[arg(long, value_name = "TOKENS")]
    model_max_tokens: Option<String>,

    /// Guardrail that the model is asked under; '' for none
    #[arg(long, value_name = "ID", requires = "guardrail_version")]
    guardrail_id: Option<String>,

    /// Version of the guardrail: a number, DRAFT, or '' for none
    #[arg(long, value_name = "VERSION", requires = "guardrail_id")]
    guardrail_version: Option<String>,

    /// Days that logs are kept
    #[arg(long, value_name = "DAYS")]
    log_retention_days: Option<u32>,

    /// Topic that alarms go to
    #[arg(long, value_name = "ARN")]
    alarm_topic_arn: Option<String>,

    /// Log whole REST requests and responses, except where the environment is prod
    #[arg(long, conflicts_with = "no_full_request_logging")]
    full_request_logging: bool,

    /// Log no whole requests and responses
    #[arg(long)]
    no_full_request_logging: bool,
}

/// The names of all settings: only a whole deployment can change them.
pub(super) const NAMES: [&str; 10] = [
    "environment",
    "model_id",
    "model_temperature",
    "model_max_tokens",
    "guardrail_id",
    "guardrail_version",
    "log_retention_days",
    "alarm_topic_arn",
    "full_request_logging",
    "no_full_request_logging",
];

impl Settings {
    /// Those that were given, as `provision` takes them.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        let days = self.log_retention_days.map(|days| days.to_string());
        let values = [
            ("--environment", &self.environment),
            ("--model-id", &self.model_id),
            ("--model-temperature", &self.model_temperature),
            ("--model-max-tokens", &self.model_max_tokens),
            ("--guardrail-id", &self.guardrail_id),
            ("--guardrail-version", &self.guardrail_version),
            ("--log-retention-days", &days),
            ("--alarm-topic-arn", &self.alarm_topic_arn),
        ]
        .map(|(flag, value)| value.clone().map(|value| [flag.to_owned(), value]));
        let flags = [
            (self.full_request_logging, "--full-request-logging"),
            (self.no_full_request_logging, "--no-full-request-logging"),
        ]
        .map(|(given, flag)| given.then(|| flag.to_owned()));
        values
            .into_iter()
            .flatten()
            .flatten()
            .chain(flags.into_iter().flatten())
    }
}
