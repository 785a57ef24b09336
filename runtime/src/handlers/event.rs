//! API Gateway's events, as far as handlers read them.
//!
//! Read by name from JSON and never as a whole: an event that lacks something, or has it in
//! another type, is answered like any other wrong request.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::Invocation;
use crate::domain::validate::{Invalid, parse};

/// An event of the REST or the WebSocket API.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event<'a>(pub &'a Value);

impl<'a> Event<'a> {
    fn text(self, pointer: &str) -> Option<&'a str> {
        self.0.pointer(pointer).and_then(Value::as_str)
    }

    /// Whether the event is a request that came through the REST API.
    pub fn is_rest(self) -> bool {
        ["requestContext", "httpMethod"]
            .iter()
            .any(|name| self.0.get(name).is_some())
    }

    /// The id that the client's answer names: API Gateway's, else Lambda's.
    pub fn request_id(self, invocation: &Invocation) -> String {
        self.text("/requestContext/requestId")
            .unwrap_or(&invocation.request_id)
            .to_owned()
    }

    /// When API Gateway took the request, in milliseconds since 1970.
    pub fn request_epoch_ms(self) -> Option<i64> {
        self.0.pointer("/requestContext/requestTimeEpoch")?.as_i64()
    }

    /// The WebSocket connection.
    pub fn connection_id(self) -> Option<&'a str> {
        self.text("/requestContext/connectionId")
            .filter(|id| !id.is_empty())
    }

    /// A query parameter.
    pub fn query(self, name: &str) -> Option<&'a str> {
        self.0.get("queryStringParameters")?.get(name)?.as_str()
    }

    /// A path parameter. The REST API passes it on as the client wrote it, so `%40` is still
    /// encoded; no id has a `%` of its own.
    pub fn path(self, name: &str) -> Option<String> {
        let raw = self.0.get("pathParameters")?.get(name)?.as_str()?;
        Some(percent_decoded(raw).unwrap_or_else(|| raw.to_owned()))
    }

    /// A header, in whatever case the client wrote its name.
    pub fn header(self, name: &str) -> Option<&'a str> {
        let headers = self.0.get("headers")?.as_object()?;
        let (_, value) = headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        value.as_str()
    }

    /// The body's text.
    pub fn body(self) -> Option<String> {
        let body = self.text("/body")?;
        let encoded = self.0.get("isBase64Encoded").and_then(Value::as_bool);
        if encoded != Some(true) {
            return Some(body.to_owned());
        }
        let bytes = BASE64_STANDARD.decode(body).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The body as JSON.
    pub fn json_body(self) -> Result<Value, Invalid> {
        parse(&self.body().ok_or(Invalid::NotJson)?)
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let value = digit(rest.next())? * 16 + digit(rest.next())?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn path_parameters_are_decoded_once() {
        let path = |text: &str| {
            let event = json!({"pathParameters": {"userId": text}});
            Event(&event).path("userId").unwrap()
        };
        assert_eq!(path("a%40b"), "a@b");
        assert_eq!(path("a+b"), "a+b");
        assert_eq!(path("a%2540b"), "a%40b");
        assert_eq!(path("a%4"), "a%4");
        assert_eq!(path("%ff"), "%ff");
    }

    #[test]
    fn bodies_may_be_base64() {
        let event = json!({"body": "eyJhIjoxfQ==", "isBase64Encoded": true});
        assert_eq!(Event(&event).json_body(), Ok(json!({"a": 1})));
        let event = json!({"body": "%%", "isBase64Encoded": true});
        assert_eq!(Event(&event).json_body(), Err(Invalid::NotJson));
    }

    #[test]
    fn headers_are_found_in_any_case() {
        let event = json!({"headers": {"X-Api-KEY": "k"}});
        assert_eq!(Event(&event).header("x-api-key"), Some("k"));
    }
}
