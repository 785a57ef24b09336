//! What a person does about an error frame.

use contract::ErrorCode;

/// What to do next about `code`; `None` where the message itself says enough.
pub fn advice(code: &str) -> Option<&'static str> {
    Some(match ErrorCode::from_code(code)? {
        ErrorCode::Busy => "wait for the answer to the message before, then send it again",
        ErrorCode::ModelThrottled => "wait a few seconds, then send it again",
        ErrorCode::ModelTimeout => "send it again, or ask for less at a time",
        ErrorCode::SessionExpired => "a new session is opened; send it again",
        ErrorCode::UserNotFound => {
            "check --user; the sample supporters are made by: cargo ops seed"
        }
        ErrorCode::InvalidMessage | ErrorCode::InvalidRequest => "change the message and send it",
        ErrorCode::Internal => "send it again; if it stays so, look at: cargo ops smoke",
        ErrorCode::RateLimited => "slow down, then send it again",
        ErrorCode::QuotaExceeded | ErrorCode::InvalidApiKey | ErrorCode::RouteNotFound => {
            return None;
        }
    })
}
