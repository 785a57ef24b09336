//! The status as data: what `--json` prints. Its keys are a promise to scripts.
//!
//! Figures are of today (UTC); `null` is a figure that nobody counted, or a thing that is missing.

use serde::Serialize;

/// Everything.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// When it was read, ISO 8601 UTC.
    pub at: String,
    /// From when on figures count.
    pub since: String,
    /// `cloudwatch`, or `logs` where the figures are counted from log lines.
    pub figures: &'static str,
    /// Whether nothing is wrong.
    pub healthy: bool,
    /// What is.
    pub problems: Vec<String>,
    /// The stack.
    pub stack: StackStatus,
    /// Its functions.
    pub functions: Vec<FunctionStatus>,
    /// Its tables.
    pub tables: Vec<TableStatus>,
    /// Its APIs.
    pub apis: Vec<ApiStatus>,
    /// Its alarms.
    pub alarms: Vec<AlarmStatus>,
    /// The model.
    pub model: ModelStatus,
    /// Errors that clients were told.
    pub errors: Vec<CodeCount>,
    /// Sessions that are open now.
    pub open_sessions: Option<u64>,
}

/// The stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StackStatus {
    /// Its name.
    pub name: String,
    /// Where: a region, or `local`.
    pub place: String,
    /// CloudFormation's word.
    pub status: String,
    /// The `Environment` parameter.
    pub environment: String,
    /// When it was last deployed, ISO 8601 UTC.
    pub last_deploy: Option<String>,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionStatus {
    /// Its name, without prefix.
    pub name: &'static str,
    /// Lambda's word, e.g. `Active`, or `missing`.
    pub state: String,
    /// SHA-256 of its code, lower-case hex.
    pub code_sha256: Option<String>,
    /// When its code or settings last changed.
    pub last_deploy: Option<String>,
    /// Invocations.
    pub requests: Option<f64>,
    /// Those that failed without an answer.
    pub errors: Option<f64>,
    /// 95th percentile of their time.
    pub p95_ms: Option<f64>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableStatus {
    /// Its name, without prefix.
    pub name: &'static str,
    /// `DynamoDB`'s word, e.g. `ACTIVE`, or `missing`.
    pub state: String,
    /// Items, as `DynamoDB` counted them in the last hours.
    pub items: Option<i64>,
    /// Bytes, likewise.
    pub bytes: Option<i64>,
    /// Read capacity units used.
    pub read_units: Option<f64>,
    /// Write capacity units used.
    pub write_units: Option<f64>,
    /// Reads and writes that were throttled.
    pub throttled: Option<f64>,
}

/// An API.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiStatus {
    /// `REST` or `WebSocket`.
    pub name: &'static str,
    /// Its id.
    pub id: String,
    /// `deployed`, or `missing`.
    pub state: String,
    /// Requests; connects and messages of the WebSocket API.
    pub requests: Option<f64>,
    /// What clients did wrong.
    pub client_errors: Option<f64>,
    /// What we did wrong.
    pub errors: Option<f64>,
    /// 95th percentile of their time.
    pub p95_ms: Option<f64>,
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmStatus {
    /// Its name, without prefix.
    pub name: String,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`, or `missing`.
    pub state: String,
    /// Why, in CloudWatch's words.
    pub reason: Option<String>,
}

/// The model, as the agent used it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelStatus {
    /// Its inference profile.
    pub id: String,
    /// Answers.
    pub answers: Option<f64>,
    /// Tokens of prompts.
    pub input_tokens: Option<f64>,
    /// Tokens of answers.
    pub output_tokens: Option<f64>,
    /// What they cost at list prices; `null` where the model's price is not known.
    pub usd: Option<f64>,
    /// 95th percentile of the time of an answer.
    pub p95_ms: Option<f64>,
    /// 95th percentile of the time to its first words.
    pub first_token_p95_ms: Option<f64>,
}

/// How often a code was told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeCount {
    /// The code.
    pub code: &'static str,
    /// How often.
    pub count: f64,
}

impl Status {
    /// What is wrong, in the order of the screen.
    pub fn find_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !is_settled(&self.stack.status) {
            problems.push(format!("the stack is {}", self.stack.status));
        }
        let functions = self
            .functions
            .iter()
            .map(|it| ("function", it.name, &it.state, "Active"));
        let tables = self
            .tables
            .iter()
            .map(|it| ("table", it.name, &it.state, "ACTIVE"));
        let apis = self
            .apis
            .iter()
            .map(|it| ("API", it.name, &it.state, "deployed"));
        for (kind, name, state, well) in functions.chain(tables).chain(apis) {
            if state != well {
                problems.push(format!("{kind} {name} is {state}"));
            }
        }
        for alarm in &self.alarms {
            match alarm.state.as_str() {
                "OK" | "INSUFFICIENT_DATA" => {}
                "ALARM" => problems.push(format!("alarm {} is on", alarm.name)),
                other => problems.push(format!("alarm {} is {other}", alarm.name)),
            }
        }
        problems
    }
}

/// Whether a stack is deployed, whole, and nothing is under way.
fn is_settled(status: &str) -> bool {
    matches!(
        status,
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE"
    )
}
