//! What a route answers, by status: the function's own answers and the gateway's refusals.

use std::collections::BTreeMap;

use contract::answers::{ERROR, answer_of, problems};
use contract::rest::{
    ALLOW_HEADERS, ALLOW_ORIGIN, EXPOSE_HEADERS, GATEWAY_RESPONSES, GatewayResponse, Input,
    PREFLIGHT_MAX_AGE_SECONDS, Route,
};
use contract::{ErrorCode, Function};
use serde_json::{Map, Value, json};

use super::schemas::Components;
use crate::stacks::pascal_case;

/// `components.headers`.
pub fn headers() -> Value {
    json!({
        "AllowOrigin": exactly(ALLOW_ORIGIN),
        "AllowHeaders": exactly(ALLOW_HEADERS),
        "ExposeHeaders": exactly(EXPOSE_HEADERS),
        "AllowMethods": {
            "description": "The methods of the path, and OPTIONS.",
            "required": true,
            "schema": { "type": "string" },
        },
        "MaxAge": exactly(&PREFLIGHT_MAX_AGE_SECONDS.to_string()),
        "NoStore": exactly("no-store"),
        "RetryAfter": {
            "description": "Seconds to wait, where that is known: with `rate_limited` and \
                            `model_throttled`.",
            "schema": { "type": "integer", "minimum": 1 },
        },
    })
}

fn exactly(value: &str) -> Value {
    json!({ "required": true, "schema": { "type": "string", "const": value } })
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// The responses of a route, success first.
pub fn responses(route: &Route, components: &mut Components) -> Value {
    let mut all = Map::new();
    if let Some(answer) = answer_of(route.function) {
        all.insert(
            "200".to_owned(),
            json!({
                "description": answer.meaning,
                "headers": {
                    "Access-Control-Allow-Origin": header("AllowOrigin"),
                    "Access-Control-Expose-Headers": header("ExposeHeaders"),
                    "Cache-Control": header("NoStore"),
                },
                "content": { "application/json": { "schema": components.answer(answer) } },
            }),
        );
    }
    for (status, codes) in errors(route) {
        all.insert(status.to_string(), error(&codes, components));
    }
    Value::Object(all)
}

/// The response to a preflight.
pub fn preflight() -> Value {
    json!({ "204": {
        "description": "What a browser may send.",
        "headers": {
            "Access-Control-Allow-Origin": header("AllowOrigin"),
            "Access-Control-Allow-Headers": header("AllowHeaders"),
            "Access-Control-Allow-Methods": header("AllowMethods"),
            "Access-Control-Expose-Headers": header("ExposeHeaders"),
            "Access-Control-Max-Age": header("MaxAge"),
        },
    }})
}

/// The response with these codes, named after them.
fn error(codes: &[ErrorCode], components: &mut Components) -> Value {
    let words = codes.iter().map(|code| code.code());
    let meanings: Vec<_> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.code(), code.message()))
        .collect();
    let mut headers = json!({
        "Access-Control-Allow-Origin": header("AllowOrigin"),
        "Access-Control-Expose-Headers": header("ExposeHeaders"),
    });
    let waits = [ErrorCode::RateLimited, ErrorCode::ModelThrottled];
    if codes.iter().any(|code| waits.contains(code)) {
        headers["Retry-After"] = header("RetryAfter");
    }
    let one_of_these = json!({ "properties": { "error": { "properties": {
        "code": { "enum": words.clone().collect::<Vec<_>>() },
    }}}});
    let response = json!({
        "description": meanings.join(" "),
        "headers": headers,
        "content": { "application/json": {
            "schema": { "allOf": [components.answer(&ERROR), one_of_these] },
        }},
    });
    components.response(words.map(pascal_case).collect(), response)
}

/// The codes that a route answers with, by status.
fn errors(route: &Route) -> BTreeMap<u16, Vec<ErrorCode>> {
    let mut all: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    let mut add = |status: u16, code| {
        let codes = all.entry(status).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    };
    for &code in problems(route.function) {
        add(code.status(), code);
    }
    for response in &GATEWAY_RESPONSES {
        for status in statuses(response, route.input) {
            add(status, response.code);
        }
    }
    all
}

/// With what statuses the gateway refuses a request with this input.
fn statuses(response: &GatewayResponse, input: Input) -> Vec<u16> {
    let is_body = matches!(input, Input::Body(_));
    match (response.kind, response.status) {
        // Without a body there is none to refuse.
        ("BAD_REQUEST_BODY" | "REQUEST_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE", _) if !is_body => {
            vec![]
        }
        (_, Some(status)) => vec![status],
        // What is left of them to the defaults: a signature that nobody asked for; a function
        // that failed, is not there, or did not answer in time.
        ("DEFAULT_4XX", None) => vec![403],
        (_, None) => vec![500, 502, 503, 504],
    }
}

/// What a person should know of a function's time.
pub const fn patience(function: Function) -> &'static str {
    match function {
        Function::PersonalizationAgent => {
            "Answers within 27 s, with `model_timeout` where the model does not."
        }
        _ => "Answers within a second, as a rule.",
    }
}
