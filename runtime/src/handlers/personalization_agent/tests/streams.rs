//! Answers to a direct call, as they are made.

use super::*;

/// The lines of a streamed answer. Reads `most` of them at most, then leaves.
fn stream(memory: &Memory, call: Value, most: usize) -> Vec<Value> {
    let function = agent(memory);
    assert!(function.is_streamed(&call));
    let (sender, lines) = Lines::channel(1);
    let invocation = Invocation::default();
    let answer = function.stream(call, &invocation, sender);
    let read = async { lines.take(most).collect::<Vec<String>>().await };
    let ((), lines) = memory.run(async { futures::join!(answer, read) });
    let parse = |line: &String| {
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1);
        serde_json::from_str(line).unwrap()
    };
    lines.iter().map(parse).collect()
}

fn direct_call() -> Value {
    json!({"userId": "user-1", "message": "Hi", "conversationId": "c-1"})
}

#[test]
fn a_direct_call_is_streamed_as_the_model_speaks() {
    let memory = memory();
    memory.model_gives(Outcome::Answer("Screening \nsaves lives.".into()));
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(
        lines[..3],
        [
            json!({"type": "delta", "text": "Screening "}),
            json!({"type": "delta", "text": "\nsaves "}),
            json!({"type": "delta", "text": "lives."}),
        ]
    );
    let [.., last] = &lines[..] else {
        panic!("a last line");
    };
    assert_eq!(
        (lines.len(), &last["type"], &last["statusCode"]),
        (4, &json!("done"), &json!(200))
    );
    assert_eq!(last["body"]["reply"], "Screening \nsaves lives.");
    assert_eq!(
        last["body"]["usage"],
        json!({"inputTokens": 7, "outputTokens": 3})
    );
    assert_eq!(
        memory.interactions("user-1")[0].turn.reply,
        "Screening \nsaves lives."
    );
    assert!(!agent(&memory).is_streamed(&rest_event(&memory, &direct_call())));
}

#[test]
fn a_stream_that_breaks_in_the_middle_is_an_error_and_nothing_is_written() {
    let memory = memory();
    memory.model_gives(Outcome::Break("Screening saves".into()));
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["type"], "error");
    assert_eq!(lines[2]["body"]["error"]["code"], "internal");
    assert_eq!(
        memory.prompts().len(),
        1,
        "what was said cannot be said again"
    );
    assert_nothing_written(&memory);
}

#[test]
fn a_stream_that_fails_before_its_first_word_is_tried_again() {
    let memory = memory();
    for outcome in [
        Outcome::Stumble,
        Outcome::Throttle(None),
        Outcome::Break(String::new()),
    ] {
        memory.model_gives(outcome);
    }
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.last().unwrap()["type"], "done");
    assert_eq!(memory.prompts().len(), 4);
    assert_eq!(memory.interactions("user-1").len(), 1);
}

/// A call whose sender leaves after a second and a half, and what came of it.
fn abandoned(memory: &Memory) -> Vec<Value> {
    let mut call = direct_call();
    call["requestId"] = json!("r-1");
    let gone = Abandoned {
        user_id: UserId::parse("user-1").unwrap(),
        conversation_id: ConversationId::parse("c-1").unwrap(),
        request_id: "r-1".to_owned(),
    };
    let (function, other) = (agent(memory), agent(memory));
    let invocation = Invocation {
        request_id: "r-1".to_owned(),
        ..Invocation::default()
    };
    let (sender, lines) = Lines::channel(1);
    let leave = async {
        memory.sleep(Duration::from_millis(1_500)).await;
        let call = gone.to_call();
        assert!(!other.is_streamed(&call));
        let noted = other.handle(call, &invocation).await;
        assert_eq!(noted, json!({"statusCode": 200}));
    };
    let answer = function.stream(call, &invocation, sender);
    let ((), (), lines) =
        memory.run(async { join!(answer, leave, lines.collect::<Vec<String>>()) });
    assert_eq!(memory.abandoned(), [gone]);
    lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_sender_who_leaves_stops_the_model_and_nothing_is_written() {
    let memory = memory();
    memory.model_paces(Duration::from_millis(100));
    memory.model_gives(Outcome::Answer("word ".repeat(500)));
    let lines = abandoned(&memory);
    assert!((15..35).contains(&lines.len()), "{}", lines.len());
    assert!(memory.elapsed() < Duration::from_secs(3));
    assert_nothing_written(&memory);
}

#[test]
fn a_sender_who_leaves_is_noticed_before_the_model_says_anything() {
    let memory = memory();
    memory.model_paces(Duration::from_secs(20));
    memory.model_gives(Outcome::Answer("word ".repeat(2)));
    abandoned(&memory);
    assert_eq!(memory.parts_taken(), 0);
    assert!(memory.elapsed() < Duration::from_secs(3));
    assert_nothing_written(&memory);
}

#[test]
fn another_message_of_the_same_supporter_goes_on() {
    let memory = memory();
    memory.model_paces(Duration::from_secs(1));
    memory.model_gives(Outcome::Answer("word ".repeat(5)));
    let other = Abandoned {
        user_id: UserId::parse("user-1").unwrap(),
        conversation_id: ConversationId::parse("c-1").unwrap(),
        request_id: "another".to_owned(),
    };
    memory.run(agent(&memory).handle(other.to_call(), &Invocation::default()));
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.last().unwrap()["type"], "done");
}

#[test]
fn a_message_is_answered_where_nobody_knows_whether_its_sender_left() {
    let memory = memory();
    memory.fail(Port::ReadAbandoned);
    memory.model_paces(Duration::from_secs(1));
    memory.model_gives(Outcome::Answer("word ".repeat(5)));
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.last().unwrap()["type"], "done");
}

#[test]
fn of_somebody_unknown_nothing_is_noted() {
    let memory = memory();
    let abandoned = Abandoned {
        user_id: UserId::parse("erased").unwrap(),
        conversation_id: ConversationId::parse("c-1").unwrap(),
        request_id: "r-1".to_owned(),
    };
    let answer = memory.run(agent(&memory).handle(abandoned.to_call(), &Invocation::default()));
    assert_eq!(answer["statusCode"], 404);
    assert_eq!(memory.abandoned(), []);
}

#[test]
fn a_model_that_does_not_begin_is_asked_again() {
    let memory = memory();
    memory.model_gives(Outcome::Hang);
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.last().unwrap()["type"], "done");
    assert_eq!(memory.prompts().len(), 2);
    // Asked again, it has all the time that is left.
    let memory = self::memory();
    memory.slow(Port::Converse, Duration::from_secs(25));
    let lines = stream(&memory, direct_call(), 99);
    assert_eq!(lines.last().unwrap()["type"], "done");
    assert_eq!(memory.interactions("user-1").len(), 1);
}

#[test]
fn a_stream_ends_in_time_and_a_long_one_arrives_whole() {
    let memory = memory();
    memory.model_paces(Duration::from_secs(1));
    // The words, what they took and the end, a second each.
    memory.model_gives(Outcome::Answer("word ".repeat(54)));
    let mut call = direct_call();
    // What ws-message leaves of its own time.
    call["deadlineEpochMs"] = json!(memory.now().as_millisecond() + 57_700);
    let lines = stream(&memory, call, 999);
    assert_eq!(lines.len(), 55);
    assert_eq!(lines[54]["type"], "done");
    assert!(memory.elapsed() > Duration::from_secs(55));

    let memory = self::memory();
    memory.model_paces(Duration::from_secs(1));
    memory.model_gives(Outcome::Answer("word ".repeat(100)));
    let lines = stream(&memory, direct_call(), 999);
    assert_eq!(
        lines.last().unwrap()["body"]["error"]["code"],
        "model_timeout"
    );
    assert!(memory.elapsed() < Duration::from_secs(59));
    assert_nothing_written(&memory);
}

#[test]
fn a_reply_longer_than_a_frame_is_bounded_in_its_deltas_too() {
    let memory = memory();
    memory.model_gives(Outcome::Answer("12345678 ".repeat(5_000)));
    let lines = stream(&memory, direct_call(), 99_999);
    let deltas = lines.iter().filter_map(|line| line["text"].as_str());
    let said: String = deltas.collect();
    assert!((20_000..30_000).contains(&said.len()), "{}", said.len());
    assert_eq!(lines.last().unwrap()["body"]["reply"], said);
}

#[test]
fn a_wrong_direct_call_is_one_line() {
    let [line] = &stream(&memory(), json!({"userId": "user-1"}), 99)[..] else {
        panic!("one line");
    };
    assert_eq!(
        (&line["type"], &line["statusCode"]),
        (&json!("error"), &json!(400))
    );
}
