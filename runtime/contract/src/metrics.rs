//! What the functions say of their work: names, units and dimensions of metrics, fields of log
//! lines. Functions write them, alarms and the dashboard name them, `ops` reads them.
//!
//! Metrics travel in the log lines themselves (CloudWatch's embedded metric format), so no function
//! needs a permission for them. A custom metric costs by its combinations of dimension values:
//! every dimension here has a short, closed list ([`routes`], [`crate::ErrorCode`]).

use crate::rest::Method;
use crate::{ErrorCode, rest, websocket};

/// A metric of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// From an event's arrival at a function to its answer; its count is the number of requests.
    Latency,
    /// What clients were told went wrong.
    Errors,
    /// From asking the model to its whole answer, the last attempt alone.
    ModelLatency,
    /// Tokens of the prompt.
    InputTokens,
    /// Tokens of the answer.
    OutputTokens,
    /// From asking the model to the first words of its answer, where they go out as they are made.
    TimeToFirstToken,
    /// Content that matched a search.
    SearchHits,
    /// 1 for a session that opened, -1 for one that closed: their running sum is what is open.
    OpenSessions,
    /// Writes of a turn that met another one's, and were made again.
    ContextConflicts,
}

/// CloudWatch's name of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How often.
    Count,
    /// How long.
    Milliseconds,
}

impl Unit {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }
}

/// What a metric is told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// One of [`routes`].
    Route,
    /// One of [`ErrorCode`].
    Code,
}

impl Dimension {
    /// Its name; also the log line's field with its value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Route => "Route",
            Self::Code => "Code",
        }
    }
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 9] = [
        Self::Latency,
        Self::Errors,
        Self::ModelLatency,
        Self::InputTokens,
        Self::OutputTokens,
        Self::TimeToFirstToken,
        Self::SearchHits,
        Self::OpenSessions,
        Self::ContextConflicts,
    ];

    /// Its name; also the log line's field with its value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latency => "Latency",
            Self::Errors => "Errors",
            Self::ModelLatency => "ModelLatency",
            Self::InputTokens => "InputTokens",
            Self::OutputTokens => "OutputTokens",
            Self::TimeToFirstToken => "TimeToFirstToken",
            Self::SearchHits => "SearchHits",
            Self::OpenSessions => "OpenSessions",
            Self::ContextConflicts => "ContextConflicts",
        }
    }

    /// Its unit.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Latency | Self::ModelLatency | Self::TimeToFirstToken => Unit::Milliseconds,
            Self::Errors
            | Self::InputTokens
            | Self::OutputTokens
            | Self::SearchHits
            | Self::OpenSessions
            | Self::ContextConflicts => Unit::Count,
        }
    }

    /// Its only dimension, where it has one.
    pub const fn dimension(self) -> Option<Dimension> {
        match self {
            Self::Latency => Some(Dimension::Route),
            Self::Errors => Some(Dimension::Code),
            Self::ModelLatency
            | Self::InputTokens
            | Self::OutputTokens
            | Self::TimeToFirstToken
            | Self::SearchHits
            | Self::OpenSessions
            | Self::ContextConflicts => None,
        }
    }
}

impl Metric {
    /// How many metrics it is to CloudWatch, which bills each value of a dimension as one.
    pub fn billed(self) -> usize {
        match self.dimension() {
            Some(Dimension::Route) => routes().count(),
            Some(Dimension::Code) => CODES.len(),
            None => 1,
        }
    }
}

/// The namespace of a platform's metrics: the prefix of its names, so that two platforms in one
/// account are told apart without a dimension that costs.
pub const fn namespace(prefix: &str) -> &str {
    prefix
}

/// Route of a handshake that ws-connect authorises.
pub const AUTHORIZER: &str = "authorizer";

/// Route of a call of the agent by ws-message. What went wrong is counted where the client is told.
pub const DIRECT: &str = "direct";

/// Route of an event that is none of the platform's.
pub const UNKNOWN: &str = "unknown";

/// A route of the REST API as metrics name it, e.g. `GET /profile/{userId}`: never with an id.
pub const fn rest_route(route: &rest::Route) -> &'static str {
    match (route.method, route.path.as_bytes()) {
        (Method::Get, b"/profile") => "GET /profile",
        (Method::Get, b"/profile/{userId}") => "GET /profile/{userId}",
        (Method::Post, b"/agent") => "POST /agent",
        (Method::Post, b"/search") => "POST /search",
        _ => UNKNOWN,
    }
}

/// Every value of the dimension [`Dimension::Route`] that a deployed platform emits.
pub fn routes() -> impl Iterator<Item = &'static str> {
    rest::ROUTES
        .iter()
        .map(rest_route)
        .chain(websocket::ROUTES.iter().map(|route| route.key))
        .chain([AUTHORIZER, DIRECT])
}

/// Codes that a function tells a client; the others are the gateway's, which counts them itself.
pub const CODES: [ErrorCode; 8] = [
    ErrorCode::InvalidRequest,
    ErrorCode::UserNotFound,
    ErrorCode::Internal,
    ErrorCode::ModelThrottled,
    ErrorCode::ModelTimeout,
    ErrorCode::InvalidMessage,
    ErrorCode::SessionExpired,
    ErrorCode::Busy,
];

/// Fields of the functions' log lines, besides the names of metrics and dimensions.
pub mod field {
    /// When, ISO 8601 UTC with milliseconds. Lambda takes a line's time from it.
    pub const TIMESTAMP: &str = "timestamp";
    /// `ERROR`, `WARN` or `INFO`. Lambda filters by it.
    pub const LEVEL: &str = "level";
    /// What happened.
    pub const MESSAGE: &str = "message";
    /// The function's name, without prefix.
    pub const FUNCTION: &str = "function";
    /// The id that follows one request through all functions: API Gateway's, as the client has it.
    pub const REQUEST_ID: &str = "requestId";
    /// Lambda's id of the invocation, as in Lambda's own lines.
    pub const LAMBDA_REQUEST_ID: &str = "lambdaRequestId";
    /// HTTP status of the answer.
    pub const STATUS: &str = "status";
    /// Whether the process was started for this request.
    pub const COLD_START: &str = "coldStart";
    /// Keyed hash of the supporter's id ([`crate::env::LOG_HASH_KEY`]).
    pub const USER: &str = "user";
    /// An error and all its causes, once.
    pub const CAUSE: &str = "cause";
    /// Where the line comes from in the code, for lines of libraries.
    pub const TARGET: &str = "target";
    /// Metadata of the embedded metric format.
    pub const AWS: &str = "_aws";
}

/// [`field::MESSAGE`] of the one line that every request ends with.
pub const REQUEST: &str = "request";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_rest_api_has_a_name_and_no_two_the_same() {
        for route in &rest::ROUTES {
            let spelt = format!("{} {}", route.method.as_str(), route.path);
            assert_eq!(rest_route(route), spelt);
        }
        let mut routes: Vec<_> = routes().collect();
        assert_eq!(routes.len(), 9);
        routes.sort_unstable();
        routes.dedup();
        assert_eq!(routes.len(), 9);
    }

    #[test]
    fn an_account_pays_for_few_metrics() {
        assert_eq!(
            Metric::ALL.into_iter().map(Metric::billed).sum::<usize>(),
            24
        );
    }
}
