//! Invoking a function directly, past the gateway.

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LogType;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use contract::rest::{Input, Route};
use contract::{ErrorCode, Function};
use deploy_target::OrExplain;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::check::Finding;
use super::compare::{ensure, same};
use super::ctx::Ctx;
use super::http::error_message;

/// What a direct invocation gave.
#[derive(Debug)]
pub struct Invocation {
    /// HTTP status of the proxy answer.
    pub status: u64,
    /// Its body.
    pub body: Value,
    /// The last 4 KB of the invocation's log, whole lines only.
    pub log: Vec<String>,
}

/// Lambda gives this much of a log.
const LOG_TAIL_BYTES: usize = 4096;

impl Ctx {
    /// Sends a route's function the event that the gateway would make of this input: a parameter's
    /// value or a body.
    pub(super) async fn invoke(&self, route: &Route, input: &str) -> Result<Invocation, Finding> {
        let name = route.function.physical_name(self.prefix()?);
        let what = format!("cannot invoke `{name}`");
        let payload = Blob::new(event(route, input).to_string());
        let call = self
            .clients
            .lambda
            .invoke()
            .function_name(&name)
            .log_type(LogType::Tail);
        let answer = call
            .payload(payload)
            .send()
            .await
            .or_explain(&self.target, &what)?;
        ensure(answer.function_error.is_none(), || {
            format!("`{name}` crashed on an event")
        })?;
        let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
        let proxy: Value = serde_json::from_slice(&payload)
            .map_err(|error| Finding::because(&format!("`{name}` gives no JSON"), &error))?;
        let body = proxy["body"]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        Ok(Invocation {
            status: proxy["statusCode"].as_u64().unwrap_or_default(),
            body: body.unwrap_or_default(),
            log: lines(answer.log_result.as_deref().unwrap_or_default()),
        })
    }
}

impl Invocation {
    /// A refusal whose message names the field.
    pub fn refuses(&self, function: Function, field: &str) -> Result<(), Finding> {
        let what = format!("status of {} for a bad {field}", function.name());
        same(
            &what,
            &self.status,
            &u64::from(ErrorCode::InvalidRequest.status()),
        )?;
        let message = error_message(&self.body, ErrorCode::InvalidRequest)?;
        ensure(message.contains(field), || {
            format!(
                "{} refuses without naming {field}: {message}",
                function.name()
            )
        })
    }
}

fn lines(tail: &str) -> Vec<String> {
    let bytes = BASE64_STANDARD.decode(tail).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // A tail that is full begins in the middle of a line.
    let cut = usize::from(bytes.len() >= LOG_TAIL_BYTES);
    text.lines()
        .skip(cut)
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

/// A REST proxy event, as the gateway sends it.
fn event(route: &Route, input: &str) -> Value {
    let now = Timestamp::now();
    let mut event = json!({
        "resource": route.path,
        "path": route.path,
        "httpMethod": route.method.as_str(),
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "requestId": uuid::Uuid::new_v4().to_string(),
            "resourcePath": route.path,
            "httpMethod": route.method.as_str(),
            "stage": contract::naming::STAGE,
            "requestTimeEpoch": now.as_millisecond(),
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": null,
        "isBase64Encoded": false,
    });
    match route.input {
        Input::Query(name) => {
            event["queryStringParameters"] = json!({ name: input });
            event["multiValueQueryStringParameters"] = json!({ name: [input] });
        }
        Input::Path(name) => event["pathParameters"] = json!({ name: input }),
        Input::Body(_) => event["body"] = input.into(),
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_tail_loses_its_broken_first_line() {
        let full = format!("{}\n{{}}\n", "x".repeat(LOG_TAIL_BYTES));
        assert_eq!(lines(&BASE64_STANDARD.encode(full)), ["{}"]);
        assert_eq!(
            lines(&BASE64_STANDARD.encode("{\"a\":1}\n\n{}")),
            ["{\"a\":1}", "{}"]
        );
    }
}
