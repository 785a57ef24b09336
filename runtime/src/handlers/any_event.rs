//! Whatever event comes in, each handler answers in its contract's shape.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt, join};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    GetProfile, Handle, Invocation, PersonalizationAgent, Search, WsConnect, WsDisconnect,
    WsMessage,
};
use crate::adapters::memory::Memory;
use crate::domain::agent_call::from_answer;
use crate::domain::agent_stream::{Event as Said, Reader};

/// Names that handlers look for, so that strange values get where they matter.
const NAMES: &[&str] = &[
    "requestContext",
    "requestId",
    "requestTimeEpoch",
    "connectionId",
    "queryStringParameters",
    "pathParameters",
    "headers",
    "x-api-key",
    "apiKey",
    "userId",
    "body",
    "isBase64Encoded",
    "type",
    "methodArn",
    "message",
    "conversationId",
    "deadlineEpochMs",
    "abandoned",
    "query",
    "limit",
    "kind",
    "id",
    "text",
    "statusCode",
    "reply",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("user-1".to_owned()),
        Just("REQUEST".to_owned()),
        Just("eyJ0eXBlIjoicGluZyJ9".to_owned()),
        any::<String>(),
        "%[0-9a-f]{2}.*",
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => proptest::sample::select(NAMES).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let object = proptest::collection::vec((name(), inner.clone()), 0..8)
            .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>()))
            .boxed();
        prop_oneof![
            4 => object.clone(),
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            // A body is JSON as text.
            1 => object.prop_map(|object| Value::from(object.to_string())),
        ]
    })
}

/// A body, and whether it is said to be encoded: JSON, or any bytes, as themselves or in base64.
fn any_body() -> impl Strategy<Value = (String, bool)> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..200);
    prop_oneof![
        (any_json(), any::<bool>()).prop_map(|(json, encoded)| (json.to_string(), encoded)),
        bytes().prop_map(|bytes| (String::from_utf8_lossy(&bytes).into_owned(), false)),
        bytes().prop_map(|bytes| (BASE64_STANDARD.encode(bytes), true)),
        any_json().prop_map(|json| (BASE64_STANDARD.encode(json.to_string()), true)),
    ]
}

fn any_invocation() -> impl Strategy<Value = Invocation> {
    (any::<i64>(), any::<String>()).prop_map(|(deadline_epoch_ms, request_id)| Invocation {
        request_id,
        deadline_epoch_ms,
    })
}

fn memory() -> Memory {
    let memory = Memory::default();
    memory.put_supporter("user-1", "Ada Byron", &[]);
    memory.put_session("user-1", "user-1");
    memory
}

fn agent(memory: &Memory) -> PersonalizationAgent<Memory, Memory, Memory, Memory> {
    PersonalizationAgent {
        tables: memory.clone(),
        model: memory.clone(),
        index: memory.clone(),
        clock: memory.clone(),
    }
}

fn is_error_body(body: &Value) -> bool {
    ["code", "message", "requestId"]
        .iter()
        .all(|name| body["error"][name].is_string())
}

fn is_http_answer(answer: &Value) -> bool {
    let body = answer["body"]
        .as_str()
        .and_then(|body| serde_json::from_str::<Value>(body).ok());
    let in_shape = match (answer["statusCode"].as_u64(), body) {
        (Some(200), Some(body)) => body.is_object(),
        (Some(400 | 404), Some(body)) => is_error_body(&body),
        _ => false,
    };
    in_shape && answer["headers"]["Access-Control-Allow-Origin"] == "*"
}

fn is_bare_status(answer: &Value) -> bool {
    [200, 400]
        .iter()
        .any(|status| *answer == json!({"statusCode": status}))
}

proptest! {
    #[test]
    fn rest_functions_answer(event in any_json(), invocation in any_invocation()) {
        let memory = memory();
        let (tables, clock) = (memory.clone(), memory.clone());
        let answer = memory.run(GetProfile { tables, clock }.handle(event.clone(), &invocation));
        prop_assert!(is_http_answer(&answer), "{answer}");

        let (tables, index, clock) = (memory.clone(), memory.clone(), memory.clone());
        let answer = memory.run(Search { tables, index, clock }.handle(event, &invocation));
        prop_assert!(is_http_answer(&answer), "{answer}");
    }

    #[test]
    fn the_agent_answers(event in any_json(), invocation in any_invocation()) {
        let memory = memory();
        let agent = agent(&memory);
        let answer = memory.run(agent.handle(event, &invocation));
        let in_shape = is_http_answer(&answer) || from_answer(&answer).is_some();
        prop_assert!(in_shape || is_bare_status(&answer), "{answer}");
    }

    #[test]
    fn the_agents_stream_ends_in_an_answer(event in any_json(), invocation in any_invocation()) {
        let memory = memory();
        let agent = agent(&memory);
        let (sender, lines) = super::Lines::channel(1);
        let both = async { join!(agent.stream(event, &invocation, sender), lines.collect::<String>()) };
        let ((), lines) = memory.run(both);
        let mut reader = Reader::default();
        let events = reader.push(lines.as_bytes());
        prop_assert!(matches!(events.as_deref(), Ok([.., Said::Answer(_)])), "{lines}");
    }

    /// Whatever the agent function sends, the client gets its first and its last frame.
    #[test]
    fn whatever_the_agent_streams_is_answered(
        chunks in proptest::collection::vec(
            prop_oneof![any::<String>(), any_json().prop_map(|json| format!("{json}\n"))],
            0..6,
        ),
    ) {
        let memory = memory();
        let chunks = chunks.into_iter().map(|chunk| (Duration::from_millis(20), chunk));
        memory.agent_streams(chunks.collect());
        let message = WsMessage {
            sessions: memory.clone(),
            agent: memory.clone(),
            connections: memory.clone(),
            clock: memory.clone(),
        };
        let event = json!({
            "requestContext": {"connectionId": "user-1"},
            "body": r#"{"message":"Hi"}"#,
        });
        memory.run(message.handle(event, &Invocation::default()));
        let frames = memory.frames("user-1");
        prop_assert!(frames[0].contains(r#""type":"start""#));
        let last = frames.last().unwrap();
        let ended = [r#""type":"done""#, r#""type":"error""#].iter().any(|end| last.contains(end));
        prop_assert!(ended, "{frames:?}");
    }

    #[test]
    fn websocket_functions_answer(event in any_json(), invocation in any_invocation()) {
        let memory = memory();
        let (sessions, clock) = (memory.clone(), memory.clone());
        let answer = memory.run(WsConnect { sessions, clock }.handle(event.clone(), &invocation));
        let is_policy = answer["policyDocument"]["Statement"][0]["Effect"].is_string();
        prop_assert!(is_policy || is_bare_status(&answer), "{answer}");

        let (sessions, clock) = (memory.clone(), memory.clone());
        let disconnect = WsDisconnect { sessions, clock };
        let answer = memory.run(disconnect.handle(event.clone(), &invocation));
        prop_assert!(is_bare_status(&answer), "{answer}");

        let message = WsMessage {
            sessions: memory.clone(),
            agent: memory.clone(),
            connections: memory.clone(),
            clock: memory.clone(),
        };
        let answer = memory.run(message.handle(event, &invocation));
        prop_assert!(is_bare_status(&answer), "{answer}");
    }

    /// Bodies get further where the rest of the event is right.
    #[test]
    fn any_body_is_answered(body in any_body()) {
        let memory = memory();
        let (body, encoded) = body;
        let event = json!({
            "requestContext": {"connectionId": "user-1"},
            "body": body,
            "isBase64Encoded": encoded,
        });
        let message = WsMessage {
            sessions: memory.clone(),
            agent: memory.clone(),
            connections: memory.clone(),
            clock: memory.clone(),
        };
        let before = memory.frames("user-1").len();
        memory.run(message.handle(event.clone(), &Invocation::default()));
        prop_assert!(memory.frames("user-1").len() > before);

        let agent = agent(&memory);
        let answer = memory.run(agent.handle(event.clone(), &Invocation::default()));
        prop_assert!(is_http_answer(&answer), "{answer}");

        let (tables, index, clock) = (memory.clone(), memory.clone(), memory.clone());
        let search = Search { tables, index, clock };
        let answer = memory.run(search.handle(event, &Invocation::default()));
        prop_assert!(is_http_answer(&answer), "{answer}");
    }
}
