//! Error codes of the HTTP and WebSocket contracts.
//!
//! Over HTTP every error is `{"error":{"code","message","requestId"}}`; over a WebSocket it is
//! `{"type":"error","id","code","message"}`.

/// A code clients may branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCode {
    /// The request does not fit the contract.
    InvalidRequest,
    /// The key is missing or unknown.
    InvalidApiKey,
    /// No supporter has this id.
    UserNotFound,
    /// No such path or method.
    RouteNotFound,
    /// Too many requests at once.
    RateLimited,
    /// The day's requests are used up.
    QuotaExceeded,
    /// The platform failed.
    Internal,
    /// The model refuses more work for now.
    ModelThrottled,
    /// The model did not answer in time.
    ModelTimeout,
    /// WebSocket only: the frame does not fit the contract.
    InvalidMessage,
    /// WebSocket only: the session is gone; connect again.
    SessionExpired,
    /// WebSocket only: the previous message is still being answered.
    Busy,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::InvalidRequest,
        Self::InvalidApiKey,
        Self::UserNotFound,
        Self::RouteNotFound,
        Self::RateLimited,
        Self::QuotaExceeded,
        Self::Internal,
        Self::ModelThrottled,
        Self::ModelTimeout,
        Self::InvalidMessage,
        Self::SessionExpired,
        Self::Busy,
    ];

    /// The code as clients see it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidApiKey => "invalid_api_key",
            Self::UserNotFound => "user_not_found",
            Self::RouteNotFound => "route_not_found",
            Self::RateLimited => "rate_limited",
            Self::QuotaExceeded => "quota_exceeded",
            Self::Internal => "internal",
            Self::ModelThrottled => "model_throttled",
            Self::ModelTimeout => "model_timeout",
            Self::InvalidMessage => "invalid_message",
            Self::SessionExpired => "session_expired",
            Self::Busy => "busy",
        }
    }

    /// The code that reads `text`, if there is one.
    pub fn from_code(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.code() == text)
    }

    /// The HTTP status the code goes with (for WebSocket-only codes: the nearest one).
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidRequest | Self::InvalidMessage => 400,
            Self::InvalidApiKey => 403,
            Self::UserNotFound | Self::RouteNotFound => 404,
            Self::Busy => 409,
            Self::SessionExpired => 410,
            Self::RateLimited | Self::QuotaExceeded => 429,
            Self::Internal => 500,
            Self::ModelThrottled => 503,
            Self::ModelTimeout => 504,
        }
    }

    /// What a person reads where nothing more precise is known.
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request does not fit the contract.",
            Self::InvalidApiKey => "The API key is missing or not valid for this API.",
            Self::UserNotFound => "No supporter has this userId.",
            Self::RouteNotFound => "There is no such path or method.",
            Self::RateLimited => "Too many requests. Wait a moment and try again.",
            Self::QuotaExceeded => "The daily quota of this key is used up. Try again tomorrow.",
            Self::Internal => "Something went wrong on our side. Try again later.",
            Self::ModelThrottled => "The assistant is busy. Try again in a moment.",
            Self::ModelTimeout => "The assistant took too long to answer. Try again.",
            Self::InvalidMessage => "The message does not fit the contract.",
            Self::SessionExpired => "The session has expired. Connect again.",
            Self::Busy => "The previous message is still being answered.",
        }
    }
}
