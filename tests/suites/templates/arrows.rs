//! SEC-1: the template grants the arrows of the architecture, and nothing else.
//!
//! The list is written by hand, from the requirements, so that a mistake in the declared arrows
//! shows here.

use std::collections::BTreeSet;

use platform_tests::template::{Resource, Template, readable, statements};
use serde_yaml::Value;

/// Caller, what is called, and what for: an IAM action, or `variable NAME`.
const ARROWS: &[&str] = &[
    "HandshakeAuthorizer of WebSocketApi -> WsConnectFunction: invoke",
    "PersonalizationAgent -> AWS::Bedrock guardrail: bedrock:ApplyGuardrail if HasGuardrail",
    "PersonalizationAgent -> AWS::Bedrock inference profile: bedrock:InvokeModel",
    "PersonalizationAgent -> AWS::Bedrock inference profile: bedrock:InvokeModelWithResponseStream",
    "PersonalizationAgent -> AWS::Bedrock model through the profile: bedrock:InvokeModel",
    "PersonalizationAgent -> AWS::Bedrock model through the profile: bedrock:InvokeModelWithResponseStream",
    "PersonalizationAgent -> ContextTable: dynamodb:PutItem",
    "PersonalizationAgent -> ContextTable: dynamodb:Query",
    "PersonalizationAgent -> ContextTable: variable CONTEXT_TABLE",
    "PersonalizationAgent -> InteractionsTable: dynamodb:PutItem",
    "PersonalizationAgent -> InteractionsTable: dynamodb:Query",
    "PersonalizationAgent -> InteractionsTable: variable INTERACTIONS_TABLE",
    "PersonalizationAgent -> GuardrailId: variable GUARDRAIL_ID",
    "PersonalizationAgent -> GuardrailVersion: variable GUARDRAIL_VERSION",
    "PersonalizationAgent -> ModelId: variable MODEL_ID",
    "PersonalizationAgent -> ModelMaxTokens: variable MODEL_MAX_TOKENS",
    "PersonalizationAgent -> ModelTemperature: variable MODEL_TEMPERATURE",
    "PersonalizationAgent -> PersonalizationAgentLogGroup: logs:CreateLogStream",
    "PersonalizationAgent -> PersonalizationAgentLogGroup: logs:PutLogEvents",
    "PersonalizationAgent -> AWS::StackId: variable LOG_HASH_KEY",
    "PersonalizationAgent -> UsersTable: dynamodb:ConditionCheckItem",
    "PersonalizationAgent -> UsersTable: dynamodb:GetItem",
    "PersonalizationAgent -> UsersTable: variable USERS_TABLE",
    "GET /profile of RestApi -> GetProfileFunction: invoke",
    "GET /profile/* of RestApi -> GetProfileFunction: invoke",
    "POST /agent of RestApi -> PersonalizationAgentFunction: invoke",
    "POST /search of RestApi -> SearchFunction: invoke",
    "GetProfile -> ContextTable: dynamodb:Query",
    "GetProfile -> ContextTable: variable CONTEXT_TABLE",
    "GetProfile -> DonationsTable: dynamodb:Query",
    "GetProfile -> DonationsTable: variable DONATIONS_TABLE",
    "GetProfile -> GetProfileLogGroup: logs:CreateLogStream",
    "GetProfile -> GetProfileLogGroup: logs:PutLogEvents",
    "GetProfile -> AWS::StackId: variable LOG_HASH_KEY",
    "GetProfile -> UsersTable: dynamodb:GetItem",
    "GetProfile -> UsersTable: variable USERS_TABLE",
    "Search -> ContextTable: dynamodb:Query",
    "Search -> ContextTable: variable CONTEXT_TABLE",
    "Search -> SearchLogGroup: logs:CreateLogStream",
    "Search -> SearchLogGroup: logs:PutLogEvents",
    "Search -> AWS::StackId: variable LOG_HASH_KEY",
    "Search -> UsersTable: dynamodb:GetItem",
    "Search -> UsersTable: variable USERS_TABLE",
    "$connect of WebSocketApi -> WsConnectFunction: invoke",
    "$default of WebSocketApi -> WsMessageFunction: invoke",
    "$disconnect of WebSocketApi -> WsDisconnectFunction: invoke",
    "WsConnect -> SessionsTable: dynamodb:PutItem",
    "WsConnect -> SessionsTable: variable SESSIONS_TABLE",
    "WsConnect -> WsConnectLogGroup: logs:CreateLogStream",
    "WsConnect -> WsConnectLogGroup: logs:PutLogEvents",
    "WsConnect -> AWS::StackId: variable LOG_HASH_KEY",
    "WsDisconnect -> SessionsTable: dynamodb:DeleteItem",
    "WsDisconnect -> SessionsTable: variable SESSIONS_TABLE",
    "WsDisconnect -> WsDisconnectLogGroup: logs:CreateLogStream",
    "WsDisconnect -> WsDisconnectLogGroup: logs:PutLogEvents",
    "WsDisconnect -> AWS::StackId: variable LOG_HASH_KEY",
    "WsMessage -> PersonalizationAgentFunction: lambda:InvokeFunction",
    "WsMessage -> PersonalizationAgentFunction: variable AGENT_FUNCTION",
    "WsMessage -> SessionsTable: dynamodb:UpdateItem",
    "WsMessage -> SessionsTable: variable SESSIONS_TABLE",
    "WsMessage -> WebSocketApi connections: execute-api:ManageConnections",
    "WsMessage -> WebSocketApi connections: variable CONNECTIONS_ENDPOINT",
    "WsMessage -> WsMessageLogGroup: logs:CreateLogStream",
    "WsMessage -> WsMessageLogGroup: logs:PutLogEvents",
    "WsMessage -> AWS::StackId: variable LOG_HASH_KEY",
];

#[test]
fn the_template_grants_exactly_the_arrows() {
    let template = Template::read("platform.yaml").unwrap();
    let mut granted: BTreeSet<String> = BTreeSet::new();
    for role in template.of_type("AWS::IAM::Role") {
        granted.extend(grants(&role));
    }
    for function in template.of_type("AWS::Lambda::Function") {
        granted.extend(variables(&function));
    }
    for permission in template.of_type("AWS::Lambda::Permission") {
        granted.insert(invocation(&permission));
    }
    let expected: BTreeSet<String> = ARROWS.iter().map(|&arrow| arrow.to_owned()).collect();
    let missing: Vec<_> = expected.difference(&granted).collect();
    let extra: Vec<_> = granted.difference(&expected).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing: {missing:#?}\nextra: {extra:#?}"
    );
}

fn grants(role: &Resource) -> Vec<String> {
    let function = role.id.trim_end_matches("Role");
    let mut found = Vec::new();
    for policy in role.list("Policies") {
        for (condition, statement) in statements(&policy["PolicyDocument"]) {
            for action in statement["Action"].as_sequence().unwrap() {
                let target = target(statement);
                let only_if = condition.iter().map(|condition| format!(" if {condition}"));
                found.push(format!(
                    "{function} -> {target}: {}{}",
                    action.as_str().unwrap(),
                    only_if.collect::<String>()
                ));
            }
        }
    }
    found
}

/// A statement's resource under the name it has in the list above.
fn target(statement: &Value) -> String {
    let resource = readable(&statement["Resource"]);
    match resource.as_str() {
        "ModelArns" => {
            let profile = &statement["Condition"]["StringEquals"]["bedrock:InferenceProfileArn"];
            assert_eq!(
                readable(profile),
                PROFILE_ARN,
                "the model is fenced by its profile"
            );
            "AWS::Bedrock model through the profile".into()
        }
        PROFILE_ARN => "AWS::Bedrock inference profile".into(),
        GUARDRAIL_ARN => "AWS::Bedrock guardrail".into(),
        CONNECTIONS_ARN => "WebSocketApi connections".into(),
        _ => resource,
    }
}

const PROFILE_ARN: &str =
    "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/${ModelId}";
const GUARDRAIL_ARN: &str =
    "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:guardrail/${GuardrailId}";
const CONNECTIONS_ARN: &str = "arn:${AWS::Partition}:execute-api:${AWS::Region}:\
    ${AWS::AccountId}:${WebSocketApi}/v1/POST/@connections/*";

fn variables(function: &Resource) -> Vec<String> {
    let variables = function
        .property("Environment.Variables")
        .and_then(Value::as_mapping);
    let caller = function.id.trim_end_matches("Function");
    variables
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let target = readable(value);
            let target = if target.contains("${WebSocketApi}") {
                "WebSocketApi connections"
            } else {
                &target
            };
            format!("{caller} -> {target}: variable {}", name.as_str().unwrap())
        })
        .collect()
}

/// Which route of which API may invoke which function.
fn invocation(permission: &Resource) -> String {
    let source = readable(permission.property("SourceArn").unwrap());
    assert_eq!(
        readable(permission.property("SourceAccount").unwrap()),
        "AWS::AccountId"
    );
    let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:";
    let (api, route) = source.strip_prefix(arn).unwrap().split_once('/').unwrap();
    let route = match route.split('/').collect::<Vec<_>>()[..] {
        ["${RestStage}", method, ..] => {
            format!("{method} {}", route.split_once(method).unwrap().1)
        }
        ["v1", key] => key.to_owned(),
        ["authorizers", id] => id
            .trim_matches(['$', '{', '}'])
            .replace(".AuthorizerId", ""),
        _ => source.clone(),
    };
    let api = api.trim_matches(['$', '{', '}']);
    format!(
        "{route} of {api} -> {}: invoke",
        readable(permission.property("FunctionName").unwrap())
    )
}
