//! What can go wrong with a call, in the SDK's terms: one explanation serves both ways of calling.

use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::result::ConnectorError;
use serde::Deserialize;

/// An error that the service answered with.
#[derive(Debug)]
pub struct Said {
    meta: ErrorMetadata,
    status: u16,
}

/// A call that failed.
pub type WireError = SdkError<Said, ()>;

/// Codes by which DynamoDB asks for fewer calls.
const THROTTLES: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionInProgressException",
];

#[derive(Deserialize)]
struct Body {
    #[serde(rename = "__type", default)]
    kind: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl Said {
    /// From an answer that is no success.
    pub(super) fn of(status: u16, body: &[u8]) -> WireError {
        let parsed: Option<Body> = serde_json::from_slice(body).ok();
        let (kind, message) = parsed.map_or_else(
            || (format!("HTTP {status}"), String::new()),
            |body| (body.kind, body.message),
        );
        let code = kind.rsplit('#').next().unwrap_or_default();
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        SdkError::service_error(Self { meta, status }, ())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.meta)
    }
}

impl Error for Said {}

impl ProvideErrorMetadata for Said {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

/// A connection that was refused, reset or too slow.
pub(super) fn broken(error: reqwest::Error) -> WireError {
    if error.is_timeout() {
        return SdkError::timeout_error(error);
    }
    SdkError::dispatch_failure(ConnectorError::io(Box::new(error)))
}

/// An answer that did not arrive as it was sent.
pub(super) fn garbled(what: impl Into<Box<dyn Error + Send + Sync>>) -> WireError {
    SdkError::dispatch_failure(ConnectorError::io(what.into()))
}

/// A request that could not be made.
pub(super) fn unsent(what: impl Into<Box<dyn Error + Send + Sync>>) -> WireError {
    SdkError::construction_failure(what)
}

/// Whether the service asks for fewer calls.
pub fn is_throttle(error: &WireError) -> bool {
    let code = error.as_service_error().and_then(Said::code_text);
    code.is_some_and(|code| THROTTLES.contains(&code))
}

/// Whether the same call may well succeed when it is made again.
pub fn is_transient(error: &WireError) -> bool {
    match error {
        SdkError::ServiceError(said) => said.err().status >= 500 || is_throttle(error),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_io() || failure.is_timeout(),
        _ => false,
    }
}

impl Said {
    fn code_text(&self) -> Option<&str> {
        self.meta.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> WireError {
        Said::of(status, body.as_bytes())
    }

    #[test]
    fn a_throttle_is_known_by_its_code_and_a_crash_by_its_status() {
        let throttled = error(
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow"}"#,
        );
        assert!(is_throttle(&throttled) && is_transient(&throttled));
        let crashed = error(500, "oops");
        assert!(!is_throttle(&crashed) && is_transient(&crashed));
        let wrong = error(400, r#"{"__type":"ValidationException","Message":"no"}"#);
        assert!(!is_throttle(&wrong) && !is_transient(&wrong));
        assert_eq!(
            wrong.as_service_error().map(ToString::to_string),
            Some("Error { code: \"ValidationException\", message: \"no\" }".to_owned())
        );
    }
}
