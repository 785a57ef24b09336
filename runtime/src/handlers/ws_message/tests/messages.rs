//! Messages and what is answered.

use super::*;

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
fn the_agent_must_answer_before_we_must() {
    let memory = memory();
    let beginning = memory.now().as_millisecond();
    send(&memory, r#"{"message":"Hi"}"#);
    let deadline = memory.agent_calls()[0].deadline_epoch_ms;
    assert_eq!(deadline - beginning, 60_000 - 1_000 - 1_300);
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
