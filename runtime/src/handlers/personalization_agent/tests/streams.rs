//! Answers to a direct call, as they are made.

use super::*;

/// The lines of a streamed answer, without blank ones. Reads `most` of them at most, then leaves.
fn stream(memory: &Memory, call: Value, most: usize) -> Vec<Value> {
    let function = agent(memory);
    assert!(function.is_streamed(&call));
    let (sender, lines) = Lines::channel(1);
    let invocation = Invocation::default();
    let answer = function.stream(call, &invocation, sender);
    let lines = lines.filter(|line| std::future::ready(line != "\n"));
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

#[test]
fn a_caller_who_leaves_stops_the_model_and_nothing_is_written() {
    let memory = memory();
    memory.model_paces(Duration::from_millis(100));
    memory.model_gives(Outcome::Answer("word ".repeat(500)));
    assert_eq!(stream(&memory, direct_call(), 3).len(), 3);
    assert!(memory.parts_taken() < 10, "{}", memory.parts_taken());
    assert!(memory.elapsed() < Duration::from_secs(2));
    assert_nothing_written(&memory);
}

#[test]
fn a_caller_who_leaves_between_two_words_is_noticed_before_the_second() {
    let memory = memory();
    memory.model_paces(Duration::from_secs(20));
    memory.model_gives(Outcome::Answer("word ".repeat(2)));
    assert_eq!(stream(&memory, direct_call(), 1).len(), 1);
    assert_eq!(memory.parts_taken(), 1);
    assert!(memory.elapsed() < Duration::from_secs(21));
    assert_nothing_written(&memory);
}

#[test]
fn a_stream_ends_in_time_and_a_long_one_arrives_whole() {
    let memory = memory();
    memory.model_paces(Duration::from_secs(1));
    memory.model_gives(Outcome::Answer("word ".repeat(50)));
    let lines = stream(&memory, direct_call(), 999);
    assert_eq!(lines.len(), 51);
    assert_eq!(lines[50]["type"], "done");
    assert!(memory.elapsed() > Duration::from_secs(50));

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
