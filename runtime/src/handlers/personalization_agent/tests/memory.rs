//! What is remembered, and what comes of it.

use super::*;

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
fn what_a_guardrail_blocked_is_kept_and_not_remembered() {
    let memory = memory();
    memory.model_gives(Outcome::Block("I cannot help with that.".into()));
    let (status, body, _) = ask(&memory, "Forbidden words");
    assert_eq!(
        (status, &body["reply"]),
        (200, &json!("I cannot help with that."))
    );
    memory.model_gives(Outcome::Block("Nor with that.".into()));
    let call = json!({"userId": "user-1", "message": "More of them", "conversationId": "c-1"});
    let (sender, lines) = Lines::channel(1);
    let (agent, invocation) = (agent(&memory), Invocation::default());
    let stream = agent.stream(call, &invocation, sender);
    memory.run(async { join!(stream, lines.collect::<Vec<String>>()) });
    let kept = memory.interactions("user-1");
    assert!(kept.len() == 2 && kept.iter().all(|turn| turn.blocked));
    ask(&memory, "Sorry");
    assert_eq!(memory.prompts()[2].messages.len(), 1);
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
