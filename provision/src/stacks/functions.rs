//! The functions (FN-1 to FN-6), each with a role of its own (SEC-1) and a log group (OBS-2).

use std::collections::BTreeMap;

use contract::arrows::arrows_from;
use contract::functions::{HANDLER, LAMBDA_RUNTIME};
use contract::{Function, Target, env, parameters};

use super::data::Tables;
use super::names::{prefixed, tags};
use super::parameters::HAS_GUARDRAIL;
use super::websocket_api::WebSocketApi;
use crate::cfn::iam::{self, Document, Policy, Statement};
use crate::cfn::lambda::{self, Code, Environment, LoggingConfig};
use crate::cfn::{
    Expr, Handle, Template, account, dynamodb, logs, partition, region, stack_id, sub,
};
use crate::grants::{self, Grant, Resource};

/// The functions in the template.
pub type Functions = BTreeMap<Function, Handle<lambda::Function>>;

/// What arrows of functions end at.
struct Targets<'a> {
    tables: &'a Tables,
    sockets: &'a WebSocketApi,
}

/// Declares every function.
pub fn functions(template: &mut Template, tables: &Tables, sockets: &WebSocketApi) -> Functions {
    let targets = Targets { tables, sockets };
    Function::ALL
        .into_iter()
        .map(|function| (function, declare(template, function, &targets)))
        .collect()
}

fn declare(
    template: &mut Template,
    function: Function,
    targets: &Targets,
) -> Handle<lambda::Function> {
    let name = prefixed(format!("-{}", function.name()));
    let group = template.add(
        format!("{}LogGroup", function.id()),
        &logs::LogGroup {
            log_group_name: sub!["/aws/lambda/", &name],
            retention_in_days: Expr::parameter(parameters::LOG_RETENTION_DAYS),
            tags: tags(),
        },
    );
    let role = template.add(
        format!("{}Role", function.id()),
        &iam::Role {
            role_name: Some(name.clone()),
            description: function.description(),
            assume_role_policy_document: Document::assumed_by("lambda.amazonaws.com"),
            policies: vec![policy(function, &group, targets)],
            tags: tags(),
        },
    );
    let resource = lambda::Function {
        function_name: name,
        description: function.description(),
        runtime: LAMBDA_RUNTIME,
        handler: HANDLER,
        architectures: vec![Expr::parameter(parameters::ARCHITECTURE)],
        code: Code {
            s3_bucket: Expr::parameter(parameters::CODE_BUCKET),
            s3_key: Expr::parameter(parameters::code_key(function)),
        },
        role: role.arn(),
        memory_size: function.memory_mb(),
        timeout: function.timeout().as_secs(),
        environment: environment(function, targets),
        logging_config: LoggingConfig {
            log_format: "JSON",
            log_group: group.reference(),
        },
        tags: tags(),
    };
    template.add(logical_id(function), &resource)
}

fn logical_id(function: Function) -> String {
    format!("{}Function", function.id())
}

fn policy(function: Function, group: &Handle<logs::LogGroup>, targets: &Targets) -> Policy {
    let statements = grants::grants(function)
        .into_iter()
        .map(|grant| statement(grant, group, targets))
        .collect();
    Policy {
        policy_name: grants::POLICY_NAME,
        policy_document: Document::of(statements),
    }
}

fn statement(grant: Grant, group: &Handle<logs::LogGroup>, targets: &Targets) -> Statement {
    let resource = match grant.resource {
        Resource::Table(table) => targets
            .tables
            .get(&table)
            .map(Handle::<dynamodb::Table>::arn),
        Resource::Function(callee) => Some(Expr::GetAtt(logical_id(callee), "Arn")),
        Resource::InferenceProfile => Some(profile_arn()),
        Resource::FoundationModel => Some(Expr::parameter(parameters::MODEL_ARNS)),
        Resource::Guardrail => Some(bedrock_arn("guardrail", parameters::GUARDRAIL_ID)),
        Resource::Connections => Some(targets.sockets.connections_arn()),
        Resource::LogStreams(_) => Some(group.streams_arn()),
    };
    let statement = Statement::allow(grant.actions, resource);
    match grant.resource {
        Resource::FoundationModel => {
            statement.only_if("StringEquals", "bedrock:InferenceProfileArn", profile_arn())
        }
        Resource::Guardrail => statement.only_where(HAS_GUARDRAIL),
        _ => statement,
    }
}

/// The inference profile, in this account and region.
fn profile_arn() -> Expr {
    bedrock_arn("inference-profile", parameters::MODEL_ID)
}

/// What the parameter `name` names, in this account and region.
fn bedrock_arn(kind: &str, name: &str) -> Expr {
    sub![
        "arn:",
        partition(),
        ":bedrock:",
        region(),
        ":",
        account(),
        ":",
        kind,
        "/",
        Expr::parameter(name)
    ]
}

/// The variables that a function's arrows need, and no others.
fn environment(function: Function, targets: &Targets) -> Option<Environment> {
    let locations = arrows_from(function)
        .filter_map(|arrow| Some((arrow.to.env()?, location(arrow.to, targets)?)));
    let settings = arrows_from(function)
        .filter(|arrow| arrow.to == Target::Model)
        .flat_map(|_| env::MODEL_SETTINGS)
        .map(|(variable, parameter)| (variable, Expr::parameter(parameter)));
    let variables: BTreeMap<_, _> = locations.chain(settings).collect();
    (!variables.is_empty()).then_some(Environment { variables })
}

/// What a function needs to know to call a target.
fn location(target: Target, targets: &Targets) -> Option<Expr> {
    match target {
        Target::Table(table) => targets.tables.get(&table).map(Expr::from),
        Target::Function(callee) => Some(Expr::Ref(logical_id(callee))),
        Target::Model => Some(Expr::parameter(parameters::MODEL_ID)),
        Target::Connections => Some(targets.sockets.connections_endpoint()),
        Target::OwnLogGroup => Some(stack_id()),
    }
}
