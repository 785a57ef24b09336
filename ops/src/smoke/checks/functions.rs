//! FN-1 to FN-6: the functions as Lambda has them.

use std::collections::BTreeSet;

use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use contract::arrows::{Target, arrows_from};
use contract::functions::LAMBDA_RUNTIME;
use contract::{Function, env};
use deploy_target::OrExplain;

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::same;
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[
    check("FN-1", "configuration", |ctx| {
        Box::pin(function(ctx, Function::GetProfile))
    }),
    check("FN-2", "configuration", |ctx| {
        Box::pin(function(ctx, Function::PersonalizationAgent))
    }),
    check("FN-3", "configuration", |ctx| {
        Box::pin(function(ctx, Function::Search))
    }),
    check("FN-4", "configuration", |ctx| {
        Box::pin(function(ctx, Function::WsConnect))
    }),
    check("FN-5", "configuration", |ctx| {
        Box::pin(function(ctx, Function::WsDisconnect))
    }),
    check("FN-6", "configuration", |ctx| {
        Box::pin(function(ctx, Function::WsMessage))
    }),
];

/// A function's live configuration.
pub(super) async fn configuration(
    ctx: &Ctx,
    function: Function,
) -> Result<GetFunctionConfigurationOutput, Finding> {
    let name = function.physical_name(ctx.prefix()?);
    let get = ctx
        .clients
        .lambda
        .get_function_configuration()
        .function_name(&name);
    Ok(get
        .send()
        .await
        .or_explain(&ctx.target, format!("cannot read function `{name}`"))?)
}

async fn function(ctx: &Ctx, function: Function) -> Outcome {
    let live = configuration(ctx, function).await?;
    let memory = live.memory_size.unwrap_or_default();
    same(
        "memory in MB",
        &i64::from(memory),
        &i64::from(function.memory_mb()),
    )?;
    let timeout = live.timeout.unwrap_or_default();
    let required = i64::try_from(function.timeout().as_secs()).unwrap_or(i64::MAX);
    same("timeout in seconds", &i64::from(timeout), &required)?;
    let runtime = live.runtime().map(|runtime| runtime.as_str().to_owned());
    same("runtime", &runtime.as_deref(), &Some(LAMBDA_RUNTIME))?;
    let state = live.state().map_or("unknown", |state| state.as_str());
    same("state", &state, &"Active")?;
    let variables = live
        .environment()
        .and_then(|environment| environment.variables());
    let variables: BTreeSet<&str> = variables
        .into_iter()
        .flat_map(|all| all.keys().map(String::as_str))
        .collect();
    let settings = arrows_from(function)
        .filter(|arrow| arrow.to == Target::Model)
        .flat_map(|_| env::MODEL_SETTINGS.map(|(variable, _)| variable));
    let required: BTreeSet<&str> = arrows_from(function)
        .filter_map(|arrow| arrow.to.env())
        .chain(settings)
        .collect();
    same("the environment's variables", &variables, &required)?;
    let variables: Vec<&str> = variables.into_iter().collect();
    Ok(Evidence::new(format!(
        "{memory} MB, {timeout} s, {LAMBDA_RUNTIME}, {state}; knows {}",
        variables.join(", ")
    )))
}
