//! The WebSocket API as `AsyncAPI` 3.0.

use contract::answers::FRAMES;
use contract::limits::{BURST, FRAME_MAX_BYTES, INTEGRATION_TIMEOUT, RATE_PER_SECOND, SESSION_TTL};
use contract::naming::{DEFAULT_REGION, STAGE};
use contract::rest::API_KEY_HEADER;
use contract::schema::CHAT_MESSAGE;
use contract::websocket::{API_KEY_PARAMETER, USER_ID_PARAMETER, frame};
use serde_json::{Map, Value, json};

use super::schemas::{Components, id};

const PING: &str = "Ping";

/// The whole document.
pub fn asyncapi() -> Value {
    let mut components = Components::default();
    let messages = messages(&mut components);
    let sent: Vec<_> = FRAMES.iter().map(|frame| frame.name).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Supporter Engagement Platform, chat",
            "version": env!("CARGO_PKG_VERSION"),
            "description": description(),
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "servers": { "aws": server() },
        "x-limits": {
            "ratePerSecond": RATE_PER_SECOND,
            "burst": BURST,
            "frameBytes": FRAME_MAX_BYTES,
            "sessionSeconds": SESSION_TTL.as_secs(),
        },
        "channels": { "chat": channel(&messages) },
        "operations": {
            "receive": {
                "action": "receive",
                "summary": "What a client sends.",
                "channel": { "$ref": "#/channels/chat" },
                "messages": of_channel(&[CHAT_MESSAGE.name, PING]),
            },
            "send": {
                "action": "send",
                "summary": "What a client gets.",
                "channel": { "$ref": "#/channels/chat" },
                "messages": of_channel(&sent),
            },
        },
        "components": {
            "securitySchemes": {
                "ApiKey": { "type": "httpApiKey", "in": "header", "name": API_KEY_HEADER },
                "ApiKeyInQuery": {
                    "type": "httpApiKey", "in": "query", "name": API_KEY_PARAMETER,
                    "description": "For browsers, which cannot set headers on a WebSocket.",
                },
            },
            "messages": messages,
            "schemas": components.schemas,
        },
    })
}

fn description() -> String {
    format!(
        "One JSON object a frame, in UTF-8. A connect without `{USER_ID_PARAMETER}` or key is \
         refused before it opens. A message gets `start`, any number of `delta`, then `done`; or \
         `error`. The deltas joined are the reply. A connection answers one message at a time; a \
         second gets `busy`. Bad input gets its frame and the connection stays open.\n\n\
         Ignore frames without `type`: API Gateway sends one {} s after a message whose reply is \
         still being made, and the reply goes on.",
        INTEGRATION_TIMEOUT.as_secs()
    )
}

fn server() -> Value {
    json!({
        "host": "{api}.execute-api.{region}.amazonaws.com",
        "pathname": format!("/{STAGE}"),
        "protocol": "wss",
        "description": "The stack's output WebSocketUrl.",
        "variables": {
            "api": { "default": "api-id", "description": "The stack's output WebSocketApiId." },
            "region": { "default": DEFAULT_REGION },
        },
        "security": [
            { "$ref": "#/components/securitySchemes/ApiKey" },
            { "$ref": "#/components/securitySchemes/ApiKeyInQuery" },
        ],
    })
}

fn channel(messages: &Value) -> Value {
    let named: Map<String, Value> = messages
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(|name| {
            let reference = format!("#/components/messages/{name}");
            (name.clone(), json!({ "$ref": reference }))
        })
        .collect();
    let mut query = json!({ "type": "object", "required": [USER_ID_PARAMETER] });
    query["properties"] =
        json!({ USER_ID_PARAMETER: id(), API_KEY_PARAMETER: { "type": "string" } });
    json!({
        "address": "/",
        "messages": named,
        "bindings": { "ws": {
            "method": "GET",
            "query": query,
            "headers": {
                "type": "object",
                "properties": { API_KEY_HEADER: { "type": "string" } },
            },
        }},
    })
}

fn of_channel(names: &[&str]) -> Vec<Value> {
    names
        .iter()
        .map(|name| json!({ "$ref": format!("#/channels/chat/messages/{name}") }))
        .collect()
}

fn messages(components: &mut Components) -> Value {
    let mut all = Map::new();
    let mut add = |name: &str, meaning: &str, payload: Value| {
        let message = json!({ "summary": meaning, "payload": payload });
        all.insert(name.to_owned(), message);
    };
    let ping = json!({
        "type": "object",
        "properties": { "type": { "type": "string", "const": frame::PING } },
        "required": ["type"],
        "additionalProperties": false,
    });
    let message = components.request(&CHAT_MESSAGE);
    add(CHAT_MESSAGE.name, "Something to answer.", message);
    add(PING, "Keeps the session.", components.add(PING, ping));
    for sent in &FRAMES {
        add(sent.name, sent.meaning, components.answer(sent));
    }
    Value::Object(all)
}
