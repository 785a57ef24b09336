//! Parameters of the platform's stack.

use crate::Function;

/// Prefix of tables, functions, roles and log groups.
pub const PREFIX: &str = "Prefix";
/// `dev` or `prod`; `prod` switches full request logging off.
pub const ENVIRONMENT: &str = "Environment";
/// The inference profile the agent asks.
pub const MODEL_ID: &str = "ModelId";
/// ARNs of the profile's model, one for each region that it routes to
/// ([`crate::model::foundation_model_arns`]).
pub const MODEL_ARNS: &str = "ModelArns";
/// How far the model strays from the likeliest words, 0 to 1; empty for the model's own.
pub const MODEL_TEMPERATURE: &str = "ModelTemperature";
/// Tokens the model may answer with; empty for the model's own.
pub const MODEL_MAX_TOKENS: &str = "ModelMaxTokens";
/// The guardrail that the model is asked under; empty for none.
pub const GUARDRAIL_ID: &str = "GuardrailId";
/// The guardrail's version, a number or `DRAFT`; empty for no guardrail.
pub const GUARDRAIL_VERSION: &str = "GuardrailVersion";
/// Days that logs are kept.
pub const LOG_RETENTION_DAYS: &str = "LogRetentionDays";
/// `true` logs whole requests and responses of the REST API, except where `Environment=prod`.
pub const FULL_REQUEST_LOGGING: &str = "FullRequestLogging";
/// Topic that alarms go to; empty for none.
pub const ALARM_TOPIC_ARN: &str = "AlarmTopicArn";
/// Which API keys of the operators there are: a value of [`crate::ApiKeys`].
pub const API_KEYS: &str = "ApiKeys";
/// Which API keys of the page there are: a value of [`crate::ApiKeys`].
pub const PAGE_API_KEYS: &str = "PageApiKeys";
/// Bucket of the functions' packages.
pub const CODE_BUCKET: &str = "CodeBucket";
/// `x86_64` or `arm64`.
pub const ARCHITECTURE: &str = "Architecture";
/// Base of both APIs' URLs where they are not served at AWS's own names; empty for AWS's own.
pub const EXECUTE_API_BASE: &str = "ExecuteApiBase";

/// Who may open the page: one of [`PAGE_ACCESSES`].
pub const PAGE_ACCESS: &str = "PageAccess";
/// The password of the page where it is closed; never shown again once it is set.
pub const PAGE_PASSWORD: &str = "PagePassword";

/// The page is not hosted.
pub const PAGE_NONE: &str = "none";
/// The page asks for a password.
pub const PAGE_CLOSED: &str = "password";
/// Whoever knows the URL may open the page.
pub const PAGE_PUBLIC: &str = "public";
/// The values [`PAGE_ACCESS`] takes.
pub const PAGE_ACCESSES: [&str; 3] = [PAGE_NONE, PAGE_CLOSED, PAGE_PUBLIC];

/// What CloudFormation says instead of a secret parameter's value. It is never a value: where it
/// would be sent, the parameter is sent as unchanged.
pub const MASKED: &str = "****";

/// The values `Environment` takes; the first is the default.
pub const ENVIRONMENTS: [&str; 2] = ["dev", "prod"];

/// S3 key of a function's package; it holds the package's SHA-256, so new code is a change.
pub fn code_key(function: Function) -> String {
    format!("{}CodeKey", function.id())
}
