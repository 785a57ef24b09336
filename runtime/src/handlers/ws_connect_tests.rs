use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerResponse;
use aws_lambda_events::iam::IamPolicyEffect;
use contract::limits::SESSION_TTL;

use super::*;
use crate::adapters::memory::{Memory, Port};

const METHOD: &str = "arn:aws:execute-api:us-west-2:000000000000:api/v1/$connect";

fn connect(memory: &Memory, event: Value) -> Value {
    let function = WsConnect {
        sessions: memory.clone(),
        clock: memory.clone(),
    };
    memory.run(function.handle(event, &Invocation::default()))
}

fn decision(headers: &Value, query: &Value) -> ApiGatewayCustomAuthorizerResponse {
    let event = json!({
        "type": "REQUEST",
        "methodArn": METHOD,
        "headers": headers,
        "queryStringParameters": query,
        "requestContext": {"connectionId": "c-1"},
    });
    let memory = Memory::default();
    let answer = connect(&memory, event);
    assert!(memory.session("c-1").is_none());
    serde_json::from_value(answer).unwrap()
}

fn handshake(query: &Value) -> Value {
    json!({
        "requestContext": {"connectionId": "c-1", "eventType": "CONNECT"},
        "queryStringParameters": query,
    })
}

#[test]
fn a_key_and_a_user_are_allowed_and_the_key_is_handed_on() {
    let user = json!({"userId": "user-1"});
    let with_key = json!({"userId": "user-1", "apiKey": "k-1"});
    for (headers, query) in [
        (json!({"X-API-Key": "k-1"}), user),
        (json!(null), with_key.clone()),
        (json!({"x-api-key": ""}), with_key),
    ] {
        let decision = decision(&headers, &query);
        assert_eq!(decision.usage_identifier_key.as_deref(), Some("k-1"));
        assert_eq!(decision.principal_id.as_deref(), Some("user-1"));
        let statement = &decision.policy_document.statement[0];
        assert_eq!(statement.effect, IamPolicyEffect::Allow);
        assert_eq!(statement.resource, [METHOD]);
    }
}

#[test]
fn without_a_key_or_a_user_it_is_denied() {
    let key = json!({"x-api-key": "k-1"});
    for (headers, query) in [
        (json!({}), json!({"userId": "user-1"})),
        (
            json!({"x-api-key": ""}),
            json!({"userId": "user-1", "apiKey": ""}),
        ),
        (key.clone(), json!({})),
        (key.clone(), json!(null)),
        (key, json!({"userId": "not an id"})),
    ] {
        let decision = decision(&headers, &query);
        let statement = &decision.policy_document.statement[0];
        assert_eq!(statement.effect, IamPolicyEffect::Deny);
        assert_eq!(decision.usage_identifier_key, None);
    }
}

#[test]
fn a_handshake_opens_the_session() {
    let memory = Memory::default();
    let answer = connect(&memory, handshake(&json!({"userId": "user-1"})));
    assert_eq!(answer, json!({"statusCode": 200}));
    let stored = memory.session("c-1").unwrap();
    assert_eq!(stored.session.user_id.as_str(), "user-1");
    let lives = stored.expires_at - stored.session.connected_at.as_second();
    assert_eq!(u64::try_from(lives), Ok(SESSION_TTL.as_secs()));
}

#[test]
fn a_handshake_without_a_user_opens_nothing() {
    for query in [json!(null), json!({"userId": "-"}), json!({"userId": 7})] {
        let memory = Memory::default();
        assert_eq!(
            connect(&memory, handshake(&query)),
            json!({"statusCode": 400})
        );
        assert!(memory.session("c-1").is_none());
    }
}

#[test]
fn a_failing_table_refuses_the_connection() {
    type Break = fn(&Memory, Port);
    for broken in [Memory::fail as Break, Memory::hang] {
        let memory = Memory::default();
        broken(&memory, Port::OpenSession);
        let answer = connect(&memory, handshake(&json!({"userId": "user-1"})));
        assert_eq!(answer, json!({"statusCode": 500}));
    }
}
