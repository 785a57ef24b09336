//! What is answered.

use super::*;

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
