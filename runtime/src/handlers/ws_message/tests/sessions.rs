//! The session and its lease.

use super::*;

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
