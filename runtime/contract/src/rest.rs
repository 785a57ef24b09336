//! The routes of the REST API (REST-1 to REST-4).

use crate::schema::{AGENT_REQUEST, Object, SEARCH_REQUEST};
use crate::{ErrorCode, Function};

/// An HTTP method of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

impl Method {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What the gateway validates before it calls the function (REST-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A required query parameter.
    Query(&'static str),
    /// A path parameter.
    Path(&'static str),
    /// A JSON body.
    Body(Object),
}

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The requirement it fulfils.
    pub requirement: &'static str,
    /// HTTP method; every path also answers `OPTIONS`.
    pub method: Method,
    /// Path template, from the stage on.
    pub path: &'static str,
    /// Who answers.
    pub function: Function,
    /// What is validated.
    pub input: Input,
}

/// Every route of the REST API.
pub const ROUTES: [Route; 4] = [
    Route {
        requirement: "REST-1",
        method: Method::Get,
        path: "/profile",
        function: Function::GetProfile,
        input: Input::Query("userId"),
    },
    Route {
        requirement: "REST-2",
        method: Method::Get,
        path: "/profile/{userId}",
        function: Function::GetProfile,
        input: Input::Path("userId"),
    },
    Route {
        requirement: "REST-3",
        method: Method::Post,
        path: "/agent",
        function: Function::PersonalizationAgent,
        input: Input::Body(AGENT_REQUEST),
    },
    Route {
        requirement: "REST-4",
        method: Method::Post,
        path: "/search",
        function: Function::Search,
        input: Input::Body(SEARCH_REQUEST),
    },
];

/// Header that carries the API key (REST-8).
pub const API_KEY_HEADER: &str = "x-api-key";

/// Value of `Access-Control-Allow-Origin` on every answer (REST-6).
pub const ALLOW_ORIGIN: &str = "*";

/// Value of `Access-Control-Allow-Headers`.
pub const ALLOW_HEADERS: &str = "Content-Type,X-Api-Key";

/// Headers beyond the safelisted ones that a page may read.
pub const EXPOSE_HEADERS: &str = "Retry-After,x-amzn-RequestId";

/// Seconds a browser may keep a preflight's answer.
pub const PREFLIGHT_MAX_AGE_SECONDS: u32 = 600;

/// What the gateway answers by itself, in the contract's error shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayResponse {
    /// API Gateway's name of the case.
    pub kind: &'static str,
    /// Status; `None` leaves API Gateway's own.
    pub status: Option<u16>,
    /// The contract's code.
    pub code: ErrorCode,
}

const fn refusal(kind: &'static str, status: u16, code: ErrorCode) -> GatewayResponse {
    GatewayResponse {
        kind,
        status: Some(status),
        code,
    }
}

/// Every case the platform words itself; the defaults catch the rest.
pub const GATEWAY_RESPONSES: [GatewayResponse; 12] = [
    GatewayResponse {
        kind: "DEFAULT_4XX",
        status: None,
        code: ErrorCode::InvalidRequest,
    },
    GatewayResponse {
        kind: "DEFAULT_5XX",
        status: None,
        code: ErrorCode::Internal,
    },
    refusal("BAD_REQUEST_BODY", 400, ErrorCode::InvalidRequest),
    refusal("BAD_REQUEST_PARAMETERS", 400, ErrorCode::InvalidRequest),
    refusal("REQUEST_TOO_LARGE", 413, ErrorCode::InvalidRequest),
    refusal("UNSUPPORTED_MEDIA_TYPE", 415, ErrorCode::InvalidRequest),
    refusal("INVALID_API_KEY", 403, ErrorCode::InvalidApiKey),
    refusal("ACCESS_DENIED", 403, ErrorCode::InvalidApiKey),
    // What API Gateway says of a path that it does not know.
    refusal(
        "MISSING_AUTHENTICATION_TOKEN",
        404,
        ErrorCode::RouteNotFound,
    ),
    refusal("RESOURCE_NOT_FOUND", 404, ErrorCode::RouteNotFound),
    refusal("THROTTLED", 429, ErrorCode::RateLimited),
    refusal("QUOTA_EXCEEDED", 429, ErrorCode::QuotaExceeded),
];
