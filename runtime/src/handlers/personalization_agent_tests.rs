use contract::limits::{MEMORY_TURNS, REST_DEADLINE};
use futures::StreamExt;
use futures::future::join_all;
use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Outcome, Port};
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

#[test]
fn a_turn_is_answered_and_written() {
    let memory = memory();
    memory.model_gives(Outcome::Answer("Screening saves lives.".into()));
    let (status, body, _) = ask(&memory, "Why screening?");
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({
            "reply": "Screening saves lives.",
            "conversationId": "c-1",
            "model": "memory.model-1",
            "contextVersion": 3,
            "recommendations": [],
            "usage": {"inputTokens": 7, "outputTokens": 3},
            "latencyMs": 2,
        })
    );
    let [turn] = &memory.interactions("user-1")[..] else {
        panic!("one interaction");
    };
    assert_eq!(turn.turn.message, "Why screening?");
    assert_eq!(turn.turn.reply, "Screening saves lives.");
    assert_eq!((turn.context_version, turn.channel), (3, Channel::Rest));
    assert!(turn.timestamp.starts_with("2026-01-01T00:00:00.002Z#"));
    let newest = memory.contexts("user-1").pop().unwrap();
    assert_eq!(
        (newest.version, newest.interests),
        (3, vec!["screening".into(), "genetics".into()])
    );
}

#[test]
fn a_conversation_is_made_where_none_is_given() {
    let memory = memory();
    let (_, body, _) = post(&memory, &json!({"userId": "user-1", "message": "Hi"}));
    let made = body["conversationId"].as_str().unwrap();
    assert!(ConversationId::parse(made).is_some());
    assert_eq!(
        memory.interactions("user-1")[0].conversation_id.as_str(),
        made
    );
}

#[test]
fn the_first_context_is_version_one() {
    let memory = Memory::default();
    memory.put_supporter("user-1", "Ada Byron", &[]);
    assert_eq!(ask(&memory, "Hi").1["contextVersion"], 1);
}

#[test]
fn the_prompt_holds_this_supporter_and_nobody_else() {
    let memory = memory();
    ask(&memory, "Earlier words");
    for body in [
        json!({"userId": "user-2", "message": "Words of Max", "conversationId": "c-1"}),
        json!({"userId": "user-1", "message": "Elsewhere", "conversationId": "c-2"}),
    ] {
        post(&memory, &body);
    }
    ask(&memory, "The last words");
    let prompt = memory.prompts().pop().unwrap();
    let all = format!("{prompt:?}");
    for here in [
        "Ada Byron",
        "Likes long walks.",
        "Earlier words",
        "Glad to help.",
    ] {
        assert!(all.contains(here), "{here}");
    }
    assert!(
        prompt
            .messages
            .last()
            .unwrap()
            .text
            .contains("The last words")
    );
    for not_here in ["An old summary", "Max", "Private", "Elsewhere"] {
        assert!(!all.contains(not_here), "{not_here}");
    }
}

#[test]
fn the_last_twenty_turns_are_remembered() {
    let memory = memory();
    for n in 0..25 {
        ask(&memory, &format!("turn {n}."));
    }
    ask(&memory, "now");
    let messages = memory.prompts().pop().unwrap().messages;
    assert_eq!(messages.len(), 2 * MEMORY_TURNS + 1);
    assert_eq!(messages[0].role, Role::User);
    assert_eq!(messages[0].text, "<message>turn 5.</message>");
    assert_eq!(messages[38].text, "<message>turn 24.</message>");
}

#[test]
fn an_unknown_supporter_is_not_found_and_the_model_not_asked() {
    let memory = memory();
    let (status, body, _) = post(&memory, &json!({"userId": "user-9", "message": "Hi"}));
    assert_eq!(
        (status, &body["error"]["code"]),
        (404, &json!("user_not_found"))
    );
    assert!(memory.prompts().is_empty());
    assert!(memory.contexts("user-9").is_empty());
}

#[test]
fn each_failing_table_is_an_internal_error_and_nothing_is_written() {
    for port in [
        Port::FindSupporter,
        Port::NewestContext,
        Port::RecallTurns,
        Port::RecordTurn,
    ] {
        let memory = memory();
        memory.fail(port);
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_failing_model_is_an_internal_error_and_nothing_is_written() {
    for outcome in [Outcome::Fail, Outcome::Answer(" \n".into())] {
        let memory = memory();
        memory.model_gives(outcome);
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_slow_model_is_a_timeout_in_time_and_nothing_is_written() {
    for (outcome, latest) in [
        (Outcome::TimeOut, Duration::from_secs(3)),
        (Outcome::Hang, REST_DEADLINE),
    ] {
        let memory = memory();
        for _ in 0..MODEL_ATTEMPTS {
            memory.model_gives(outcome.clone());
        }
        let (status, body, _) = ask(&memory, "Hi");
        assert_eq!(
            (status, &body["error"]["code"]),
            (504, &json!("model_timeout"))
        );
        assert!(memory.elapsed() < latest);
        assert_nothing_written(&memory);
    }
}

#[test]
fn a_throttled_model_is_asked_again() {
    let memory = memory();
    memory.model_gives(Outcome::Throttle(None));
    memory.model_gives(Outcome::Throttle(Some(Duration::from_secs(2))));
    assert_eq!(ask(&memory, "Hi").0, 200);
    assert!(memory.elapsed() >= Duration::from_secs(2));
}

#[test]
fn a_model_that_stumbles_is_asked_again_and_not_forever() {
    let memory = memory();
    for outcome in [Outcome::Stumble, Outcome::TimeOut, Outcome::Throttle(None)] {
        memory.model_gives(outcome);
    }
    assert_eq!(ask(&memory, "Hi").0, 200);
    assert_eq!(memory.prompts().len(), 4);
    for _ in 0..MODEL_ATTEMPTS {
        memory.model_gives(Outcome::Stumble);
    }
    let (status, body, _) = ask(&memory, "Hi");
    assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
    assert_eq!(memory.prompts().len(), 8);
    assert_eq!(memory.interactions("user-1").len(), 1);
}

#[test]
fn content_is_recommended_and_the_model_may_cite_it() {
    let memory = memory();
    let hit = |id: &str| Hit {
        id: id.into(),
        kind: search::ContentKind::Article,
        title: format!("Title of {id}"),
        summary: format!("Summary of {id}"),
        highlights: vec![],
        url: String::new(),
        score: 1.0,
        personalised: false,
    };
    memory.index_finds(Results {
        results: vec![hit("a-1"), hit("a-2")],
        total: 2,
        ..Results::default()
    });
    let (_, body, _) = ask(&memory, &format!("Why {}?", "long ".repeat(700)));
    assert_eq!(
        body["recommendations"],
        json!([
            {"id": "a-1", "kind": "article", "title": "Title of a-1"},
            {"id": "a-2", "kind": "article", "title": "Title of a-2"},
        ])
    );
    let prompt = memory.prompts().pop().unwrap();
    assert!(
        prompt
            .system
            .contains("id: a-2\nkind: article\ntitle: Title of a-2\n")
    );
    assert!(prompt.system.contains("Summary of a-1"));

    memory.fail(Port::FindContent);
    let (status, body, _) = ask(&memory, "Why?");
    assert_eq!((status, &body["recommendations"]), (200, &json!([])));
}

#[test]
fn a_turn_changes_the_next_prompt_and_the_next_searchs_order() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    std::fs::create_dir(&content).unwrap();
    for (id, topic) in [("a-1", "screening"), ("a-2", "sleep")] {
        let text = format!(
            "---\nid: {id}\nkind: article\ntitle: A guide\nsummary: What helps.\n\
             topics: [{topic}]\naudience: [everyone]\npublished: 2026-01-12\n\
             url: https://www.example.org/{id}\nsample: true\n---\n\nThe guide.\n"
        );
        std::fs::write(content.join(format!("{id}.md")), text).unwrap();
    }
    let index = folder.path().join("index");
    let files = search::index::build(&search::content::read_folder(&content).unwrap()).unwrap();
    search::index::replace_folder(&index, &files).unwrap();
    let memory = memory();
    let found = |memory: &Memory| -> Vec<String> {
        let function = crate::handlers::Search {
            tables: memory.clone(),
            index: crate::adapters::Knowledge::in_folder(index.clone()),
            clock: memory.clone(),
        };
        let event = rest_event(memory, &json!({"userId": "user-1", "query": "guide"}));
        let answer = memory.run(function.handle(event, &Invocation::default()));
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        let hits = body["results"].as_array().unwrap();
        hits.iter()
            .map(|hit| hit["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(found(&memory), ["a-1", "a-2"]);
    ask(&memory, "I cannot sleep");
    assert_eq!(found(&memory), ["a-2", "a-1"]);
    ask(&memory, "And now?");
    let [before, after] = &memory.prompts()[..] else {
        panic!("two prompts");
    };
    assert!(!before.system.contains("interests: sleep"));
    assert!(after.system.contains("interests: sleep"));
    assert!(after.system.contains("Asked about sleep on 2026-01-01."));
}

#[test]
fn a_model_that_stays_throttled_says_when_to_come_back() {
    for (asked_for, retry_after) in [(None, "5"), (Some(Duration::from_mins(1)), "60")] {
        let memory = memory();
        for _ in 0..4 {
            memory.model_gives(Outcome::Throttle(asked_for));
        }
        let (status, body, header) = ask(&memory, "Hi");
        assert_eq!(
            (status, &body["error"]["code"]),
            (503, &json!("model_throttled"))
        );
        assert_eq!(header, retry_after);
        assert!(memory.elapsed() < REST_DEADLINE);
        assert_nothing_written(&memory);
    }
}

#[test]
fn writers_that_meet_lose_no_version() {
    let memory = memory();
    let function = agent(&memory);
    let deadline = memory.now().as_millisecond() + 60_000;
    let invocation = Invocation {
        deadline_epoch_ms: deadline,
        ..Invocation::default()
    };
    let asks = (0..50).map(|n| {
        let call = json!({"userId": "user-1", "message": format!("words {n}")});
        function.handle(call, &invocation)
    });
    let answers = memory.run(join_all(asks));
    let mut versions: Vec<u64> = answers
        .iter()
        .map(|answer| answer["body"]["contextVersion"].as_u64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (3..53).collect::<Vec<u64>>());
    let stored: Vec<u64> = memory
        .contexts("user-1")
        .iter()
        .map(|context| context.version)
        .collect();
    assert_eq!(stored, (1..53).collect::<Vec<u64>>());
    assert_eq!(memory.interactions("user-1").len(), 50);
}

#[test]
fn a_supporter_erased_meanwhile_is_not_found() {
    let memory = memory();
    memory.slow(Port::Converse, Duration::from_secs(1));
    let function = agent(&memory);
    let event = rest_event(&memory, &json!({"userId": "user-1", "message": "Hi"}));
    let invocation = Invocation::default();
    let erase = async {
        memory.sleep(Duration::from_millis(500)).await;
        memory.erase_supporter("user-1");
    };
    let both = async { futures::join!(function.handle(event, &invocation), erase) };
    let (answer, ()) = memory.run(both);
    assert_eq!(answer["statusCode"], 404);
    assert_nothing_written(&memory);
}

#[test]
fn a_direct_call_is_answered_as_one() {
    let memory = memory();
    let call = json!({
        "userId": "user-1",
        "message": "Hi",
        "conversationId": "c-1",
        "deadlineEpochMs": memory.now().as_millisecond() + 5_000,
    });
    let answer = memory.run(agent(&memory).handle(call.clone(), &Invocation::default()));
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["body"]["reply"], "Glad to help.");
    assert_eq!(answer["retryAfterSeconds"], Value::Null);
    assert_eq!(memory.interactions("user-1")[0].channel, Channel::WebSocket);

    memory.model_gives(Outcome::Hang);
    let answer = memory.run(agent(&memory).handle(call, &Invocation::default()));
    assert_eq!(answer["statusCode"], 504);
    assert_eq!(answer["body"]["error"]["code"], "model_timeout");
    assert!(memory.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_wrong_request_is_refused_by_name() {
    let memory = memory();
    let (status, body, _) = post(&memory, &json!({"userId": "user-1"}));
    assert_eq!(
        (status, &body["error"]["message"]),
        (400, &json!("`message` is missing."))
    );
    let call = json!({"userId": "user-1", "message": "Hi", "mood": "good"});
    let answer = memory.run(agent(&memory).handle(call, &Invocation::default()));
    assert_eq!(answer["statusCode"], 400);
    assert_eq!(
        answer["body"]["error"]["message"],
        "`mood` is not a known field."
    );
}

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
