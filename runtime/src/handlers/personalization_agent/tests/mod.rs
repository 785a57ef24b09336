mod answers;
mod failures;
mod memory;
mod streams;

use contract::limits::{MEMORY_TURNS, REST_DEADLINE};
use futures::StreamExt;
use futures::future::join_all;
use futures::join;
use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Outcome, Port};
use crate::domain::UserId;
use crate::domain::prompt::Role;

type Function = PersonalizationAgent<Memory, Memory, Memory, Memory>;

fn memory() -> Memory {
    let memory = Memory::default();
    memory.put_supporter("user-1", "Ada Byron", &["genetics"]);
    memory.put_supporter("user-2", "Max Other", &["events"]);
    for (user, version, summary) in [
        ("user-1", 1, "An old summary."),
        ("user-1", 2, "Likes long walks."),
        ("user-2", 1, "Private to Max."),
    ] {
        let context = Context {
            version,
            summary: summary.into(),
            ..Context::default()
        };
        memory.put_context(user, context);
    }
    memory
}

fn agent(memory: &Memory) -> Function {
    PersonalizationAgent {
        tables: memory.clone(),
        model: memory.clone(),
        index: memory.clone(),
        clock: memory.clone(),
    }
}

fn rest_event(memory: &Memory, body: &Value) -> Value {
    json!({
        "body": body.to_string(),
        "requestContext": {
            "requestId": "r-1",
            "requestTimeEpoch": memory.now().as_millisecond(),
        },
    })
}

fn post(memory: &Memory, body: &Value) -> (u64, Value, Value) {
    let event = rest_event(memory, body);
    let answer = memory.run(agent(memory).handle(event, &Invocation::default()));
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let status = answer["statusCode"].as_u64().unwrap();
    (status, body, answer["headers"]["Retry-After"].clone())
}

fn ask(memory: &Memory, message: &str) -> (u64, Value, Value) {
    let body = json!({"userId": "user-1", "message": message, "conversationId": "c-1"});
    post(memory, &body)
}

/// Neither an interaction nor a version beyond those that were there.
fn assert_nothing_written(memory: &Memory) {
    assert!(memory.interactions("user-1").is_empty());
    assert_eq!(memory.contexts("user-1").len(), 2);
}
