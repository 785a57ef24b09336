use contract::limits::{FRAME_MAX_BYTES, SESSION_TTL};
use futures::join;
use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Outcome, Port};
use crate::domain::agent_call::{AgentReply, delta_line, last_line, to_answer};

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

#[test]
fn a_message_is_answered_in_order() {
    let memory = memory();
    let frames = send(
        &memory,
        r#"{"message":"Hi","id":"7","conversationId":"talk"}"#,
    );
    assert_eq!(
        frames,
        [
            json!({"type": "start", "id": "7"}),
            json!({"type": "delta", "id": "7", "text": "Glad to help."}),
            json!({
                "type": "done",
                "id": "7",
                "reply": "Glad to help.",
                "conversationId": "talk",
                "contextVersion": 1,
                "recommendations": [],
            }),
        ]
    );
    assert!(lease_is_free(&memory));
    let call = memory.agent_calls().pop().unwrap();
    assert_eq!(
        (call.user_id.as_str(), call.message.as_str()),
        ("user-1", "Hi")
    );
}

#[test]
fn the_agent_must_answer_two_seconds_before_we_must() {
    let memory = memory();
    let beginning = memory.now().as_millisecond();
    send(&memory, r#"{"message":"Hi"}"#);
    let deadline = memory.agent_calls()[0].deadline_epoch_ms;
    assert_eq!(deadline - beginning, 60_000 - 1_000 - 2_000);
}

#[test]
fn a_connection_is_one_conversation_and_ids_are_made() {
    let memory = memory();
    let first = send(&memory, r#"{"message":"Hi"}"#);
    let second = send(&memory, r#"{"message":"Again"}"#);
    let conversation = second[2]["conversationId"].as_str().unwrap();
    assert_eq!(first[2]["conversationId"], conversation);
    assert!(ConversationId::parse(conversation).is_some());
    assert_ne!(first[0]["id"], second[0]["id"]);
    assert_eq!(first[0]["id"], first[2]["id"]);
}

#[test]
fn conversations_of_connections_are_ids_whatever_the_connection() {
    for connection in ["L0SM9cOFvHcCIhw=", "-_=", "/+", &"x".repeat(500)] {
        let conversation = conversation_of(None, connection);
        assert!(
            ConversationId::parse(&conversation).is_some(),
            "{connection}"
        );
    }
}

#[test]
fn a_long_reply_comes_in_pieces_that_join_to_it() {
    let memory = memory();
    let reply = AgentReply {
        reply: "é\n".repeat(5_000),
        ..AgentReply::default()
    };
    let answer = to_answer(&Ok(reply.clone()), "r-1");
    memory.agent_gives(Outcome::Answer(answer));
    let frames = send(&memory, r#"{"message":"Hi"}"#);
    let deltas = frames.iter().filter_map(|frame| frame["text"].as_str());
    assert_eq!(deltas.collect::<String>(), reply.reply);
    assert_eq!(frames.last().unwrap()["reply"], reply.reply.as_str());
}

#[test]
fn a_ping_keeps_the_session() {
    let memory = memory();
    memory.run(memory.sleep(Duration::from_mins(50)));
    assert_eq!(
        send(&memory, r#"{"type":"ping"}"#),
        [json!({"type": "pong"})]
    );
    let stored = memory.session("c-1").unwrap();
    let lives = stored.expires_at - stored.session.last_seen_at.as_second();
    assert_eq!(u64::try_from(lives), Ok(SESSION_TTL.as_secs()));
    memory.run(memory.sleep(Duration::from_mins(50)));
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "done"]
    );
}

#[test]
fn bad_input_gets_its_frame() {
    for (body, id) in [
        ("", Value::Null),
        ("hello", Value::Null),
        ("[1]", Value::Null),
        (r#"{"id":"7"}"#, json!("7")),
        (r#"{"message":"","id":"7"}"#, json!("7")),
        (r#"{"message":"Hi","id":""}"#, Value::Null),
        (r#"{"message":"Hi","conversationId":"a b"}"#, Value::Null),
        (r#"{"type":"pong"}"#, Value::Null),
    ] {
        let memory = memory();
        let [frame] = &send(&memory, body)[..] else {
            panic!("one frame");
        };
        assert_eq!(
            (&frame["type"], &frame["id"]),
            (&json!("error"), &id),
            "{body}"
        );
        assert_eq!(frame["code"], "invalid_message");
        assert!(memory.agent_calls().is_empty());
    }
}

#[test]
fn a_second_message_meanwhile_is_busy_and_the_next_is_not() {
    let memory = memory();
    memory.slow(Port::AskAgent, Duration::from_secs(3));
    let function = function(&memory);
    let invocation = Invocation::default();
    let second = async {
        memory.sleep(Duration::from_secs(1)).await;
        let body = event(r#"{"message":"And?","id":"2"}"#);
        function.handle(body, &invocation).await
    };
    let first = function.handle(event(r#"{"message":"Hi","id":"1"}"#), &invocation);
    memory.run(async { join!(first, second) });
    let frames = frames(&memory);
    assert_eq!(codes(&frames), ["start", "busy", "delta", "done"]);
    assert_eq!(frames[1]["id"], "2");
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "done"]
    );
}

#[test]
fn the_lease_is_given_back_before_the_last_frame() {
    let memory = memory();
    memory.slow(Port::PostFrame, Duration::from_secs(1));
    let function = function(&memory);
    let invocation = Invocation::default();
    let look = async {
        memory.sleep(Duration::from_millis(2_500)).await;
        (memory.frames("c-1").len(), lease_is_free(&memory))
    };
    let send = function.handle(event(r#"{"message":"Hi"}"#), &invocation);
    let (_, seen) = memory.run(async { join!(send, look) });
    assert_eq!(seen, (2, true));
}

#[test]
fn a_lease_that_was_never_given_back_ends() {
    let memory = memory();
    memory.fail(Port::ReleaseLease);
    let message = r#"{"message":"Hi"}"#;
    assert_eq!(codes(&send(&memory, message)), ["start", "delta", "done"]);
    assert_eq!(codes(&send(&memory, message)), ["busy"]);
    memory.run(memory.sleep(Function::WsMessage.timeout() + Duration::from_secs(5)));
    assert_eq!(codes(&send(&memory, message)), ["start", "delta", "done"]);
}

#[test]
fn an_expired_session_says_so() {
    let memory = memory();
    memory.run(memory.sleep(SESSION_TTL));
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["session_expired"]
    );
    assert_eq!(
        codes(&send(&memory, r#"{"type":"ping"}"#)),
        ["session_expired"]
    );
    assert!(memory.agent_calls().is_empty());
}

#[test]
fn the_agents_problems_become_codes() {
    use ErrorCode as E;
    for (theirs, ours) in [
        (E::UserNotFound, "user_not_found"),
        (E::ModelThrottled, "model_throttled"),
        (E::ModelTimeout, "model_timeout"),
        (E::InvalidRequest, "invalid_message"),
        (E::Internal, "internal"),
        (E::RateLimited, "internal"),
    ] {
        let memory = memory();
        memory.agent_gives(Outcome::Answer(to_answer(&Err(Problem::of(theirs)), "r-1")));
        assert_eq!(
            codes(&send(&memory, r#"{"message":"Hi"}"#)),
            ["start", ours]
        );
        assert!(lease_is_free(&memory));
    }
}

#[test]
fn an_agent_that_gives_no_answer_is_told_and_the_lease_freed() {
    for (outcome, code) in [
        (Outcome::Fail, "internal"),
        (Outcome::TimeOut, "internal"),
        (Outcome::Throttle(None), "model_throttled"),
        (Outcome::Hang, "model_timeout"),
    ] {
        let memory = memory();
        memory.agent_gives(outcome);
        assert_eq!(
            codes(&send(&memory, r#"{"message":"Hi"}"#)),
            ["start", code]
        );
        assert!(lease_is_free(&memory));
        assert!(memory.elapsed() + Duration::from_secs(1) < Function::WsMessage.timeout());
    }
}

#[test]
fn a_failing_table_is_internal_and_the_agent_not_asked() {
    type Break = fn(&Memory, Port);
    for broken in [Memory::fail as Break, Memory::hang] {
        let memory = memory();
        broken(&memory, Port::TakeLease);
        broken(&memory, Port::TouchSession);
        assert_eq!(codes(&send(&memory, r#"{"message":"Hi"}"#)), ["internal"]);
        assert_eq!(codes(&send(&memory, r#"{"type":"ping"}"#)), ["internal"]);
        assert!(memory.agent_calls().is_empty());
    }
}

#[test]
fn a_client_that_left_ends_the_work() {
    let memory = memory();
    memory.close_connection("c-1");
    assert!(send(&memory, r#"{"message":"Hi"}"#).is_empty());
    assert!(memory.agent_calls().is_empty());
    assert!(lease_is_free(&memory));
}

#[test]
fn a_failing_connection_ends_the_work() {
    let memory = memory();
    memory.fail(Port::PostFrame);
    assert!(send(&memory, r#"{"message":"Hi"}"#).is_empty());
    assert!(lease_is_free(&memory));
}

/// What the agent streams for a reply of `words`, `apart`, after the runtime's prelude.
fn spoken(words: usize, apart: Duration) -> Vec<(Duration, String)> {
    let prelude = "{\"statusCode\":200,\"headers\":{},\"cookies\":[]}\0\0\0\0\0\0\0\0";
    let said: Vec<String> = (0..words).map(|n| format!("{n} ")).collect();
    let reply = AgentReply {
        reply: said.concat(),
        ..AgentReply::default()
    };
    let mut chunks = vec![(Duration::ZERO, prelude.to_owned())];
    chunks.extend((0..words).map(|n| (apart, delta_line(&format!("{n} ")))));
    chunks.push((Duration::ZERO, last_line(&Ok(reply), "r-1")));
    chunks
}

fn joined(frames: &[Value]) -> String {
    frames
        .iter()
        .filter_map(|frame| frame["text"].as_str())
        .collect()
}

#[test]
fn deltas_are_posted_as_they_come() {
    let memory = memory();
    memory.agent_streams(spoken(4, Duration::from_secs(1)));
    let frames = send(&memory, r#"{"message":"Hi"}"#);
    assert_eq!(
        codes(&frames),
        ["start", "delta", "delta", "delta", "delta", "done"]
    );
    assert_eq!(joined(&frames), frames[5]["reply"].as_str().unwrap());
    let times = memory.frame_times();
    for (n, time) in times[1..5].iter().enumerate() {
        let came = Duration::from_secs(n as u64 + 1);
        assert!(*time < came + Duration::from_millis(30), "{time:?}");
    }
    assert!(lease_is_free(&memory));
}

#[test]
fn quick_deltas_are_joined_to_twenty_frames_a_second() {
    let memory = memory();
    memory.agent_streams(spoken(1_000, Duration::from_millis(5)));
    let frames = send(&memory, r#"{"message":"Hi"}"#);
    assert_eq!(
        joined(&frames),
        frames.last().unwrap()["reply"].as_str().unwrap()
    );
    let times = memory.frame_times();
    let deltas = &times[1..times.len() - 1];
    assert!(
        (80..=104).contains(&deltas.len()),
        "{} in 5 s",
        deltas.len()
    );
    // The last delta waits for nothing.
    let apart = deltas[..deltas.len() - 1]
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]));
    assert!(
        apart
            .clone()
            .all(|apart| apart >= Duration::from_millis(50))
    );
    assert!(apart.max().unwrap() <= Duration::from_millis(60));
}

#[test]
fn what_is_pending_does_not_wait_for_more() {
    let memory = memory();
    let mut chunks = spoken(2, Duration::from_millis(5));
    chunks.last_mut().unwrap().0 = Duration::from_secs(20);
    memory.agent_streams(chunks);
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "delta", "done"]
    );
    assert!(memory.frame_times()[2] < Duration::from_millis(100));
}

#[test]
fn a_reply_that_takes_most_of_a_minute_arrives_whole() {
    for seconds in [29, 40, 55] {
        let memory = memory();
        memory.agent_streams(spoken(seconds, Duration::from_secs(1)));
        let frames = send(&memory, r#"{"message":"Hi"}"#);
        assert_eq!(frames.len(), seconds + 2);
        assert_eq!(
            joined(&frames),
            frames.last().unwrap()["reply"].as_str().unwrap()
        );
    }
}

#[test]
fn a_client_that_leaves_meanwhile_stops_the_stream() {
    let memory = memory();
    memory.agent_streams(spoken(50, Duration::from_millis(100)));
    let function = function(&memory);
    let invocation = Invocation::default();
    let leave = async {
        memory.sleep(Duration::from_secs(1)).await;
        memory.close_connection("c-1");
    };
    let send = function.handle(event(r#"{"message":"Hi"}"#), &invocation);
    memory.run(async { join!(send, leave) });
    assert!(memory.chunks_taken() <= 12, "{}", memory.chunks_taken());
    assert!(memory.elapsed() < Duration::from_secs(2));
    assert!(lease_is_free(&memory));
}

#[test]
fn a_stream_that_breaks_or_is_not_the_agents_is_told() {
    let half: Vec<_> = spoken(4, Duration::from_secs(1))
        .into_iter()
        .take(3)
        .collect();
    let mut nonsense = half.clone();
    nonsense.push((Duration::ZERO, "<html>\n".to_owned()));
    for stream in [half, nonsense] {
        let memory = memory();
        memory.agent_streams(stream);
        let frames = send(&memory, r#"{"message":"Hi"}"#);
        assert_eq!(codes(&frames)[..2], ["start", "delta"]);
        assert_eq!(codes(&frames).last(), Some(&"internal"));
        assert!(lease_is_free(&memory));
    }
    let memory = memory();
    memory.agent_gives(Outcome::Break(json!("{\"type\":")));
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "internal"]
    );
}

#[test]
fn an_error_after_deltas_ends_them() {
    let memory = memory();
    let mut chunks = spoken(2, Duration::from_secs(1));
    let problem = Err(Problem::of(ErrorCode::ModelThrottled));
    chunks.last_mut().unwrap().1 = last_line(&problem, "r-1");
    memory.agent_streams(chunks);
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "delta", "model_throttled"]
    );
}

#[test]
fn an_agent_that_stops_in_the_middle_is_a_timeout_in_time() {
    let memory = memory();
    let mut chunks = spoken(2, Duration::from_secs(1));
    chunks[2].0 = Duration::from_mins(10);
    memory.agent_streams(chunks);
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "model_timeout"]
    );
    assert!(memory.elapsed() + Duration::from_secs(1) < Function::WsMessage.timeout());
    assert!(lease_is_free(&memory));
}

#[test]
fn a_message_moves_the_sessions_end() {
    let memory = memory();
    memory.run(memory.sleep(Duration::from_mins(50)));
    send(&memory, r#"{"message":"Hi"}"#);
    memory.run(memory.sleep(Duration::from_mins(50)));
    assert_eq!(
        codes(&send(&memory, r#"{"message":"Hi"}"#)),
        ["start", "delta", "done"]
    );
}
