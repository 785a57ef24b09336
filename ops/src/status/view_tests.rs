use contract::{Function, Table};
use serde_json::Value;

use super::super::model::{AlarmStatus, CodeCount, ModelStatus, StackStatus};
use super::*;

fn status() -> Status {
    let figure = Some(12.0);
    let functions = Function::ALL.map(|it| FunctionStatus {
        name: it.name(),
        state: "Active".into(),
        code_sha256: Some("0123456789abcdef".repeat(4)),
        last_deploy: Some("2026-01-31T12:00:00Z".into()),
        requests: figure,
        errors: Some(0.0),
        p95_ms: Some(33.25),
    });
    let tables = Table::ALL.map(|it| TableStatus {
        name: it.name(),
        state: "ACTIVE".into(),
        items: Some(1234),
        bytes: Some(567_890),
        read_units: None,
        write_units: None,
        throttled: None,
    });
    let api = |name, requests| ApiStatus {
        name,
        id: "abc123".into(),
        state: "deployed".into(),
        requests,
        client_errors: Some(1.0),
        errors: Some(0.0),
        p95_ms: figure,
    };
    let alarm = |name: &str, state: &str| AlarmStatus {
        name: name.into(),
        state: state.into(),
        reason: Some("Threshold crossed".into()),
    };
    Status {
        at: "2026-01-31T12:34:56Z".into(),
        since: "2026-01-31T00:00:00Z".into(),
        figures: "cloudwatch",
        healthy: true,
        problems: vec![],
        stack: StackStatus {
            name: "Blue".into(),
            place: "us-west-2".into(),
            status: "UPDATE_COMPLETE".into(),
            environment: "prod".into(),
            last_deploy: Some("2026-01-31T12:00:00Z".into()),
        },
        functions: functions.into(),
        tables: tables.into(),
        apis: vec![api("REST", figure), api("WebSocket", None)],
        alarms: vec![
            alarm("RestErrors", "OK"),
            alarm("InternalErrors", "ALARM"),
            alarm("SearchErrors", "INSUFFICIENT_DATA"),
        ],
        model: ModelStatus {
            id: "us.anthropic.claude-sonnet-4-6".into(),
            answers: figure,
            input_tokens: Some(18_000.0),
            output_tokens: Some(3_600.0),
            usd: Some(0.1188),
            p95_ms: Some(2100.0),
            first_token_p95_ms: None,
        },
        errors: vec![CodeCount {
            code: "user_not_found",
            count: 1.0,
        }],
        open_sessions: Some(2),
    }
}

#[test]
fn the_screen() {
    let mut status = status();
    status.problems = status.find_problems();
    status.healthy = status.problems.is_empty();
    insta::assert_snapshot!(screen(&status));
}

#[test]
fn what_is_wrong_is_named() {
    let mut status = status();
    assert_eq!(status.find_problems(), ["alarm InternalErrors is on"]);
    status.stack.status = "UPDATE_IN_PROGRESS".into();
    status.functions[2].state = "update failed".into();
    status.tables[0].state = "missing".into();
    status.alarms.clear();
    assert_eq!(
        status.find_problems(),
        [
            "the stack is UPDATE_IN_PROGRESS",
            "function search is update failed",
            "table Users is missing",
        ]
    );
}

/// Scripts rely on these.
#[test]
fn the_keys_of_json_are_a_promise() {
    let mut paths = Vec::new();
    walk("", &serde_json::to_value(status()).unwrap(), &mut paths);
    paths.dedup();
    insta::assert_snapshot!(paths.join("\n"));
}

/// Every key, of lists those of the first item.
fn walk(path: &str, value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                walk(&format!("{path}.{name}"), value, paths);
            }
        }
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            walk(&format!("{path}[]"), &items[0], paths);
        }
        _ => paths.push(path.trim_start_matches('.').to_owned()),
    }
}
