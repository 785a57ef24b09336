use std::time::Duration;

use serde_json::json;

use super::*;
use crate::adapters::memory::{Memory, Port};
use crate::domain::Donation;

const READS: [Port; 3] = [
    Port::FindSupporter,
    Port::ListDonations,
    Port::NewestContext,
];

fn memory() -> Memory {
    let memory = Memory::default();
    memory.put_supporter("user-1", "Ada Byron", &["diet"]);
    memory.put_supporter("user-2", "Max Other", &[]);
    for (user, id, day) in [
        ("user-1", "d-1", 1),
        ("user-1", "d-2", 2),
        ("user-2", "d-3", 3),
    ] {
        let donation = Donation {
            donation_id: id.into(),
            amount: 500,
            currency: "GBP".into(),
            donated_at: Some(format!("2026-01-0{day}T00:00:00.000Z")),
            ..Donation::default()
        };
        memory.put_donation(user, donation);
    }
    for version in [1, 2] {
        let context = Context {
            version,
            summary: format!("Version {version}."),
            ..Context::default()
        };
        memory.put_context("user-1", context);
    }
    memory
}

fn get(memory: &Memory, event: Value) -> (u64, Value) {
    let function = GetProfile {
        tables: memory.clone(),
        clock: memory.clone(),
    };
    let answer = memory.run(function.handle(event, &Invocation::default()));
    assert_eq!(answer["headers"]["Access-Control-Allow-Origin"], "*");
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

fn by_path(user: &str) -> Value {
    json!({
        "pathParameters": {"userId": user},
        "queryStringParameters": null,
        "requestContext": {"requestId": "r-1"},
    })
}

#[test]
fn both_routes_give_the_same_profile() {
    let memory = memory();
    let by_query = json!({"queryStringParameters": {"userId": "user-1"}});
    let (status, body) = get(&memory, by_path("user-1"));
    assert_eq!((status, &body), (200, &get(&memory, by_query).1));
    assert_eq!(
        body,
        json!({
            "profile": {
                "userId": "user-1",
                "name": "Ada Byron",
                "email": null,
                "joinedAt": null,
                "preferences": {"topics": ["diet"], "channel": null, "language": null},
                "engagement": {
                    "eventsAttended": null,
                    "emailsOpened": null,
                    "lastSeenAt": null,
                    "segments": [],
                },
            },
            "donations": [
                {
                    "donationId": "d-2",
                    "amount": 500,
                    "currency": "GBP",
                    "donatedAt": "2026-01-02T00:00:00.000Z",
                    "campaign": null,
                    "recurring": false,
                },
                {
                    "donationId": "d-1",
                    "amount": 500,
                    "currency": "GBP",
                    "donatedAt": "2026-01-01T00:00:00.000Z",
                    "campaign": null,
                    "recurring": false,
                },
            ],
            "donationSummary": {
                "count": 2,
                "total": {"GBP": 1000},
                "lastDonatedAt": "2026-01-02T00:00:00.000Z",
            },
            "context": {
                "version": 2,
                "summary": "Version 2.",
                "interests": [],
                "updatedAt": null,
            },
        })
    );
}

#[test]
fn a_supporter_without_context_has_null() {
    let (status, body) = get(&memory(), by_path("user-2"));
    assert_eq!((status, &body["context"]), (200, &Value::Null));
}

#[test]
fn the_three_reads_run_at_once() {
    let memory = memory();
    for port in READS {
        memory.slow(port, Duration::from_millis(100));
    }
    assert_eq!(get(&memory, by_path("user-1")).0, 200);
    assert_eq!(memory.elapsed(), Duration::from_millis(100));
}

#[test]
fn an_unknown_supporter_is_not_found() {
    let (status, body) = get(&memory(), by_path("user-9"));
    assert_eq!(status, 404);
    assert_eq!(body["error"]["code"], "user_not_found");
    assert_eq!(body["error"]["requestId"], "r-1");
}

#[test]
fn a_wrong_id_is_refused_by_name() {
    for (event, message) in [
        (json!({"queryStringParameters": {}}), "`userId` is missing."),
        (json!(null), "`userId` is missing."),
        (
            by_path("a%20b"),
            "`userId` must be an id: 1 to 128 letters, digits or ._:@|+-, the first a letter or \
             digit.",
        ),
    ] {
        let (status, body) = get(&memory(), event);
        assert_eq!(status, 400);
        assert_eq!(body["error"]["code"], "invalid_request");
        assert_eq!(body["error"]["message"], message);
    }
}

#[test]
fn each_failing_table_is_an_internal_error_that_says_nothing() {
    for port in READS {
        let memory = memory();
        memory.fail(port);
        let (status, body) = get(&memory, by_path("user-1"));
        assert_eq!(status, 500);
        assert_eq!(
            body["error"]["message"],
            "Something went wrong on our side. Try again later."
        );
    }
}

#[test]
fn a_table_that_hangs_is_answered_before_the_gateway_gives_up() {
    let memory = memory();
    memory.hang(Port::ListDonations);
    let mut event = by_path("user-1");
    event["requestContext"]["requestTimeEpoch"] = json!(memory.now().as_millisecond());
    assert_eq!(get(&memory, event).0, 500);
    assert_eq!(memory.elapsed(), contract::limits::REST_DEADLINE);
}
