use search::ContentKind;
use search::{Facets, Hit};
use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Port};
use crate::domain::Context;

fn memory() -> Memory {
    let memory = Memory::default();
    memory.put_supporter("user-1", "Ada Byron", &["diet"]);
    let context = Context {
        version: 1,
        interests: vec!["screening".into()],
        ..Context::default()
    };
    memory.put_context("user-1", context.clone());
    memory.put_context("user-9", context);
    memory
}

fn search(memory: &Memory, body: &Value) -> (u64, Value) {
    let function = Search {
        tables: memory.clone(),
        index: memory.clone(),
        clock: memory.clone(),
    };
    let event = json!({"body": body.to_string(), "requestContext": {"requestId": "r-1"}});
    let answer = memory.run(function.handle(event, &Invocation::default()));
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

#[test]
fn results_have_the_contracts_shape() {
    let memory = memory();
    memory.index_finds(Results {
        results: vec![Hit {
            id: "a-1".into(),
            kind: ContentKind::Article,
            title: "Screening at home".into(),
            summary: "What screening is".into(),
            highlights: vec![[5, 14]],
            url: "https://example.org/a-1".into(),
            score: 1.5,
            personalised: true,
        }],
        total: 1,
        facets: Facets {
            kind: [("article".into(), 1)].into(),
            topic: [("screening".into(), 1)].into(),
        },
    });
    let (status, body) = search(&memory, &json!({"query": "screening"}));
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({
            "results": [{
                "id": "a-1",
                "kind": "article",
                "title": "Screening at home",
                "summary": "What screening is",
                "highlights": [[5, 14]],
                "url": "https://example.org/a-1",
                "score": 1.5,
                "personalised": true,
            }],
            "total": 1,
            "facets": {"kind": {"article": 1}, "topic": {"screening": 1}},
            "tookMs": 0,
        })
    );
}

#[test]
fn interests_are_preferences_and_context_of_a_known_supporter() {
    let memory = memory();
    for user in ["user-1", "user-9", "user-2"] {
        search(&memory, &json!({"query": "a", "userId": user}));
    }
    search(&memory, &json!({"query": "a"}));
    let none: Vec<String> = Vec::new();
    assert_eq!(
        memory.searched_interests(),
        [
            vec!["diet".to_owned(), "screening".into()],
            none.clone(),
            none.clone(),
            none
        ]
    );
}

#[test]
fn both_tables_are_read_at_once() {
    let memory = memory();
    for port in [Port::FindSupporter, Port::NewestContext] {
        memory.slow(port, Duration::from_millis(100));
    }
    let (_, body) = search(&memory, &json!({"query": "a", "userId": "user-1"}));
    assert_eq!(body["tookMs"], 100);
}

#[test]
fn failing_tables_only_cost_the_lift() {
    type Break = fn(&Memory, Port);
    for broken in [Memory::fail as Break, Memory::hang] {
        let memory = memory();
        broken(&memory, Port::FindSupporter);
        let (status, body) = search(&memory, &json!({"query": "a", "userId": "user-1"}));
        assert_eq!((status, &body["total"]), (200, &json!(0)));
        assert_eq!(memory.searched_interests(), [Vec::<String>::new()]);
    }
    let memory = memory();
    memory.fail(Port::NewestContext);
    search(&memory, &json!({"query": "a", "userId": "user-1"}));
    assert_eq!(memory.searched_interests(), [["diet"]]);
}

#[test]
fn a_failing_index_is_an_internal_error() {
    let memory = memory();
    memory.fail(Port::FindContent);
    let (status, body) = search(&memory, &json!({"query": "a"}));
    assert_eq!((status, &body["error"]["code"]), (500, &json!("internal")));
}

#[test]
fn a_wrong_request_is_refused_by_name() {
    let (status, body) = search(&memory(), &json!({"query": "a", "limit": 51}));
    assert_eq!(status, 400);
    assert_eq!(
        body["error"]["message"],
        "`limit` must be a whole number from 1 to 50."
    );
}
