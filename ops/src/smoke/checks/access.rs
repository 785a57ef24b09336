//! AI-1, AI-2 and SEC-1: the model, and what each role may do.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Function, env};
use serde_json::json;

use super::check;
use super::functions::configuration;
use super::rest::{TURN, configured_model};
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same, shape};
use crate::smoke::ctx::Ctx;
use crate::smoke::http::Key;
use crate::smoke::policy::{Names, Right, required};

pub(super) const CHECKS: &[Check] = &[
    check("AI-1", "the configured Claude answers", |ctx| {
        Box::pin(model(ctx))
    }),
    check("AI-2", "scope of Bedrock rights", |ctx| {
        Box::pin(bedrock(ctx))
    }),
    check("SEC-1", "rights are the arrows", |ctx| {
        Box::pin(rights(ctx))
    }),
];

async fn model(ctx: &Ctx) -> Outcome {
    let model = configured_model(ctx)?;
    ensure(model.contains("anthropic.claude"), || {
        format!("`{model}` is no Claude model")
    })?;
    let agent = configuration(ctx, Function::PersonalizationAgent).await?;
    let variables = agent
        .environment()
        .and_then(|environment| environment.variables());
    let variable = variables
        .and_then(|all| all.get(env::MODEL_ID))
        .map(String::as_str);
    same("the agent's MODEL_ID", &variable, &Some(model))?;
    let supporter = ctx.supporter().await?;
    let body = json!({"userId": supporter.user_id, "message": "Which model are you?"});
    let answer = ctx.post("/agent", &body, Key::Valid).await?;
    let body = answer.ok()?;
    shape("the body", body, &TURN)?;
    same("the answer's model", &body["model"].as_str(), &Some(model))?;
    Ok(Evidence::new(format!("answered by {model}, as configured")))
}

/// The role of a function, and the ARN it was read from.
async fn role(ctx: &Ctx, function: Function) -> Result<(String, String), Finding> {
    let arn = present(
        "the function's role",
        configuration(ctx, function).await?.role,
    )?;
    let name = present("the role's name", arn.rsplit('/').next())?.to_owned();
    Ok((name, arn))
}

/// What a function's rights depend on: names of the stack, and its own variables.
async fn names(ctx: &Ctx, function: Function) -> Result<Names<'_>, Finding> {
    let configuration = configuration(ctx, function).await?;
    let arn = present("the function's ARN", configuration.function_arn.as_ref())?;
    let guardrail = configuration
        .environment()
        .and_then(|environment| environment.variables()?.get(env::GUARDRAIL_ID))
        .filter(|id| !id.is_empty());
    Ok(Names {
        guardrail: guardrail.cloned(),
        ..ctx.names(arn)?
    })
}

async fn bedrock(ctx: &Ctx) -> Outcome {
    let names = names(ctx, Function::PersonalizationAgent).await?;
    let is_bedrock = |right: &Right| right.0.starts_with("bedrock:") || right.0 == "*";
    let mut live = BTreeSet::new();
    for function in Function::ALL {
        let (role, _) = role(ctx, function).await?;
        for statement in ctx.statements(&role).await? {
            let rights: Vec<Right> = statement.rights.into_iter().filter(is_bedrock).collect();
            for (action, resource) in rights {
                ensure(function == Function::PersonalizationAgent, || {
                    format!("{} may {action} on {resource}", function.name())
                })?;
                if resource.contains(":foundation-model/") {
                    let fence = &statement.condition["StringEquals"]["bedrock:InferenceProfileArn"];
                    let profile = names.place.profile(names.model);
                    same(
                        "the fence of the foundation model",
                        &fence.as_str(),
                        &Some(&profile),
                    )?;
                }
                live.insert((action, resource));
            }
        }
    }
    let wanted: BTreeSet<Right> = required(Function::PersonalizationAgent, &names)
        .into_iter()
        .filter(is_bedrock)
        .collect();
    differences("bedrock", &live, &wanted)?;
    let resources: BTreeSet<&str> = live.iter().map(|(_, resource)| short(resource)).collect();
    let actions: BTreeSet<&str> = live.iter().map(|(action, _)| action.as_str()).collect();
    Ok(Evidence::new(format!(
        "only the agent, {} on {}; the model only through its profile",
        actions.into_iter().collect::<Vec<_>>().join(" and "),
        resources.into_iter().collect::<Vec<_>>().join(" and "),
    )))
}

async fn rights(ctx: &Ctx) -> Outcome {
    let mut roles = BTreeMap::new();
    let mut count = 0;
    for function in Function::ALL {
        let (role, _) = role(ctx, function).await?;
        let names = names(ctx, function).await?;
        let statements = ctx.statements(&role).await?;
        let live: BTreeSet<Right> = statements
            .into_iter()
            .flat_map(|statement| statement.rights)
            .collect();
        differences(function.name(), &live, &required(function, &names))?;
        count += live.len();
        if let Some(other) = roles.insert(role.clone(), function) {
            let (a, b) = (other.name(), function.name());
            return Err(Finding::new(format!("{a} and {b} share role {role}")));
        }
    }
    Ok(Evidence::new(format!(
        "{} roles of their own, {count} rights, each one action on one ARN, exactly the arrows",
        roles.len()
    )))
}

fn differences(
    whose: &str,
    live: &BTreeSet<Right>,
    wanted: &BTreeSet<Right>,
) -> Result<(), Finding> {
    let list = |rights: Vec<&Right>| {
        let rights: Vec<String> = rights
            .iter()
            .map(|(action, arn)| format!("{action} on {}", short(arn)))
            .collect();
        rights.join(", ")
    };
    let extra: Vec<&Right> = live.difference(wanted).collect();
    ensure(extra.is_empty(), || {
        format!("{whose} has rights beyond its arrows: {}", list(extra))
    })?;
    let missing: Vec<&Right> = wanted.difference(live).collect();
    ensure(missing.is_empty(), || {
        format!("{whose} lacks rights: {}", list(missing))
    })
}

/// An ARN without partition, service and account.
fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}
