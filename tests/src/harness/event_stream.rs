//! Messages of `application/vnd.amazon.eventstream`, as services send them.

use anyhow::{Context, Result};
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::body::Bytes;
use serde_json::Value;

/// The content type of a stream.
pub const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// An event with a JSON payload.
///
/// # Errors
/// Where it is too long for a message.
pub fn event(kind: &str, payload: &Value) -> Result<Bytes> {
    let headers = [
        (":message-type", "event"),
        (":event-type", kind),
        (":content-type", "application/json"),
    ];
    message(&headers, payload.to_string().into())
}

/// An event with a payload of bytes.
///
/// # Errors
/// Where it is too long for a message.
pub fn bytes(kind: &str, payload: Bytes) -> Result<Bytes> {
    let headers = [
        (":message-type", "event"),
        (":event-type", kind),
        (":content-type", "application/octet-stream"),
    ];
    message(&headers, payload)
}

/// An exception: the last message of a stream that failed.
///
/// # Errors
/// Where it is too long for a message.
pub fn exception(kind: &str, payload: &Value) -> Result<Bytes> {
    let headers = [
        (":message-type", "exception"),
        (":exception-type", kind),
        (":content-type", "application/json"),
    ];
    message(&headers, payload.to_string().into())
}

fn message(headers: &[(&str, &str)], payload: Bytes) -> Result<Bytes> {
    let message = headers
        .iter()
        .fold(Message::new(payload), |message, (name, value)| {
            let value = HeaderValue::String((*value).to_owned().into());
            message.add_header(Header::new((*name).to_owned(), value))
        });
    let mut buffer = Vec::new();
    write_message_to(&message, &mut buffer).context("no message of an event stream")?;
    Ok(buffer.into())
}
