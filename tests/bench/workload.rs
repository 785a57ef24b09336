//! What each function is asked: something to do, and something to refuse.

use contract::Function;
use serde_json::{Value, json};

/// The connection that WebSocket events come from.
pub const CONNECTION: &str = "bench";

/// A request that the function fulfils.
pub fn whole(function: Function) -> Value {
    match function {
        Function::GetProfile => rest("GET", "/profile", Some("user-000001"), &Value::Null),
        Function::PersonalizationAgent => {
            let body = json!({ "userId": "user-000001", "message": "What is screening?" });
            rest("POST", "/agent", None, &body)
        }
        Function::Search => rest("POST", "/search", None, &json!({ "query": "screening" })),
        Function::WsConnect => socket("CONNECT", &Value::Null),
        Function::WsDisconnect => socket("DISCONNECT", &Value::Null),
        Function::WsMessage => socket("MESSAGE", &json!({ "type": "ping" })),
    }
}

/// Calls at once, and whether they go to another service than DynamoDB.
pub type Round = (usize, bool);

/// The calls that it makes for [`whole`]: rounds one after the other.
pub const fn rounds(function: Function) -> &'static [Round] {
    match function {
        Function::GetProfile => &[(3, false)],
        // Users and Context; the model; the transaction.
        Function::PersonalizationAgent => &[(2, false), (1, true), (1, false)],
        Function::Search => &[],
        Function::WsConnect | Function::WsDisconnect => &[(1, false)],
        // Sessions; the connection.
        Function::WsMessage => &[(1, false), (1, true)],
    }
}

/// What its process may hold, in MiB.
pub const fn memory_mib(function: Function) -> f64 {
    match function {
        Function::PersonalizationAgent | Function::Search => 30.0,
        _ => 15.0,
    }
}

/// A request that calls nothing: refused, or decided from the event alone. `None` where every
/// request calls something.
pub fn calling_nothing(function: Function) -> Option<Value> {
    Some(match function {
        Function::GetProfile => rest("GET", "/profile", Some("-no"), &Value::Null),
        Function::PersonalizationAgent => {
            let body = json!({ "userId": "user-000001", "message": "" });
            rest("POST", "/agent", None, &body)
        }
        // The index is in the function itself.
        Function::Search => whole(function),
        Function::WsConnect => json!({
            "type": "REQUEST",
            "methodArn": "arn:aws:execute-api:us-west-2:000000000000:api/v1/$connect",
            "headers": { "x-api-key": "bench" },
            "queryStringParameters": { "userId": "user-000001" },
            "requestContext": { "connectionId": CONNECTION },
        }),
        Function::WsDisconnect | Function::WsMessage => return None,
    })
}

fn rest(method: &str, path: &str, user: Option<&str>, body: &Value) -> Value {
    json!({
        "httpMethod": method, "path": path, "resource": path,
        "headers": { "content-type": "application/json" },
        "queryStringParameters": user.map(|user| json!({ "userId": user })),
        "requestContext": { "requestId": "bench", "httpMethod": method, "resourcePath": path },
        "body": (!body.is_null()).then(|| body.to_string()),
        "isBase64Encoded": false,
    })
}

fn socket(kind: &str, body: &Value) -> Value {
    json!({
        "requestContext": { "connectionId": CONNECTION, "eventType": kind, "requestId": "bench" },
        "queryStringParameters": { "userId": "user-000001" },
        "body": (!body.is_null()).then(|| body.to_string()),
        "isBase64Encoded": false,
    })
}
