//! What a client is told when something is wrong. Nothing internal fits in here.

use std::borrow::Cow;

use contract::ErrorCode;
use serde_json::{Value, json};

use super::validate::Invalid;

/// An error in the contract's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The code clients may branch on.
    pub code: ErrorCode,
    /// What a person reads.
    pub message: Cow<'static, str>,
    /// When to try again, where that is known.
    pub retry_after_seconds: Option<u64>,
}

impl Problem {
    /// The problem with the code's own message.
    pub const fn of(code: ErrorCode) -> Self {
        Self {
            code,
            message: Cow::Borrowed(code.message()),
            retry_after_seconds: None,
        }
    }

    /// The same problem, said more precisely.
    #[must_use]
    pub fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// The same problem, with a time to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after_seconds = seconds;
        self
    }

    /// `{"error":{"code","message","requestId"}}`.
    pub fn to_body(&self, request_id: &str) -> Value {
        json!({
            "error": {
                "code": self.code.code(),
                "message": self.message,
                "requestId": request_id,
            }
        })
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::of(ErrorCode::InvalidRequest).saying(invalid.to_string())
    }
}
