//! Replies as they are made.

use super::*;

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

/// Sends a message while something else goes on.
fn send_and(memory: &Memory, meanwhile: impl Future<Output = ()>) {
    let (function, invocation) = (function(memory), Invocation::default());
    let send = function.handle(event(r#"{"message":"Hi"}"#), &invocation);
    let (answer, ()) = memory.run(async { join!(send, meanwhile) });
    assert_eq!(answer, json!({"statusCode": 200}));
}

async fn leaves_after(memory: &Memory, time: Duration) {
    memory.sleep(time).await;
    memory.close_connection("c-1");
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
    send_and(&memory, leaves_after(&memory, Duration::from_secs(1)));
    assert!(memory.chunks_taken() <= 12, "{}", memory.chunks_taken());
    assert!(memory.elapsed() < Duration::from_secs(2));
    assert!(lease_is_free(&memory));
    let told: Vec<_> = memory
        .agent_calls()
        .iter()
        .map(AgentCall::abandoned)
        .collect();
    assert_eq!(memory.abandoned_calls(), told, "the agent is told to stop");
}

#[test]
fn an_agent_that_cannot_be_told_to_stop_holds_up_nothing() {
    type Break = fn(&Memory, Port);
    for broken in [Memory::fail as Break, Memory::hang] {
        let memory = memory();
        broken(&memory, Port::AbandonCall);
        memory.agent_streams(spoken(50, Duration::from_millis(100)));
        send_and(&memory, leaves_after(&memory, Duration::from_secs(1)));
        assert!(memory.elapsed() <= Function::WsMessage.timeout());
    }
}

#[test]
fn a_client_that_leaves_when_the_agent_has_ended_is_not_told_of() {
    let memory = memory();
    memory.slow(Port::PostFrame, Duration::from_secs(1));
    // Gone once the start is posted; the answer comes whole.
    send_and(&memory, leaves_after(&memory, Duration::from_millis(1_500)));
    assert_eq!(codes(&frames(&memory)), ["start"]);
    assert_eq!(memory.abandoned_calls(), []);
}

#[test]
fn a_frame_that_is_not_taken_ends_the_reply_with_an_error() {
    let memory = memory();
    memory.agent_streams(spoken(50, Duration::from_millis(100)));
    let stumble = async {
        memory.sleep(Duration::from_secs(1)).await;
        memory.fail(Port::PostFrame);
        while memory.abandoned_calls().is_empty() {
            memory.sleep(Duration::from_millis(1)).await;
        }
        memory.mend(Port::PostFrame);
    };
    send_and(&memory, stumble);
    assert_eq!(codes(&frames(&memory)).last(), Some(&"internal"));
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
