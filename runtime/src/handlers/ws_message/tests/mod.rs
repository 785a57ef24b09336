mod messages;
mod sessions;
mod streams;

use contract::limits::{FRAME_MAX_BYTES, SESSION_TTL};
use futures::join;
use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Outcome, Port};
use crate::domain::agent_call::{AgentCall, AgentReply, delta_line, last_line, to_answer};

fn memory() -> Memory {
    let memory = Memory::default();
    memory.put_session("c-1", "user-1");
    memory
}

fn function(memory: &Memory) -> WsMessage<Memory, Memory, Memory, Memory> {
    WsMessage {
        sessions: memory.clone(),
        agent: memory.clone(),
        connections: memory.clone(),
        clock: memory.clone(),
    }
}

fn event(body: &str) -> Value {
    json!({"requestContext": {"connectionId": "c-1"}, "body": body})
}

/// Sends a frame; gives all frames that came back since.
fn send(memory: &Memory, body: &str) -> Vec<Value> {
    let before = memory.frames("c-1").len();
    let answer = memory.run(function(memory).handle(event(body), &Invocation::default()));
    assert_eq!(answer, json!({"statusCode": 200}));
    frames(memory).split_off(before)
}

fn frames(memory: &Memory) -> Vec<Value> {
    let frames = memory.frames("c-1");
    assert!(frames.iter().all(|frame| frame.len() <= FRAME_MAX_BYTES));
    frames
        .iter()
        .map(|frame| serde_json::from_str(frame).unwrap())
        .collect()
}

fn codes(frames: &[Value]) -> Vec<&str> {
    frames
        .iter()
        .map(|frame| {
            frame
                .get("code")
                .unwrap_or(&frame["type"])
                .as_str()
                .unwrap()
        })
        .collect()
}

fn lease_is_free(memory: &Memory) -> bool {
    memory
        .session("c-1")
        .is_none_or(|stored| stored.lease.is_none())
}
