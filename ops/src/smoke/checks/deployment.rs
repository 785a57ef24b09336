//! DEP-1 and DEP-2: the stack, and whose resources are whose.

use std::collections::BTreeSet;

use contract::{Function, Table, naming, outputs, parameters};

use super::check;
use crate::smoke::check::{Check, Evidence, Outcome};
use crate::smoke::compare::{ensure, same};
use crate::smoke::ctx::Ctx;

pub(super) const CHECKS: &[Check] = &[
    check("DEP-1", "the stack", |ctx| Box::pin(stack(ctx))),
    check("DEP-2", "names and environment", |ctx| Box::pin(names(ctx))),
];

async fn stack(ctx: &Ctx) -> Outcome {
    let stack = &ctx.stack;
    let good = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"];
    ensure(good.contains(&stack.status.as_str()), || {
        format!("the stack is {}", stack.status)
    })?;
    let project = stack.tags.get(naming::PROJECT_TAG).map(String::as_str);
    same("the stack's Project tag", &project, &Some(naming::PROJECT))?;
    // Where no page is hosted, there is none to name.
    let access = stack.parameters.get(parameters::PAGE_ACCESS);
    let hosted = access.is_some_and(|access| access != parameters::PAGE_NONE);
    let of_page = [outputs::PAGE_APP_ID, outputs::PAGE_URL];
    let due = outputs::PLATFORM
        .into_iter()
        .filter(|output| hosted || !of_page.contains(output));
    let mut count = 0;
    for output in due {
        ctx.output(output)?;
        count += 1;
    }
    let resources = ctx.resources().await?.len();
    Ok(Evidence::new(format!(
        "{} in {}: {}, {resources} resources, {} outputs, tag {} = {}",
        stack.name,
        ctx.target.region(),
        stack.status,
        count,
        naming::PROJECT_TAG,
        naming::PROJECT
    )))
}

async fn names(ctx: &Ctx) -> Outcome {
    let prefix = ctx.prefix()?;
    let parameter = ctx
        .stack
        .parameters
        .get(parameters::PREFIX)
        .map(String::as_str);
    same("the Prefix output", &Some(prefix), &parameter)?;
    let environment = ctx.output(outputs::ENVIRONMENT)?;
    ensure(parameters::ENVIRONMENTS.contains(&environment), || {
        format!(
            "environment `{environment}` is none of {:?}",
            parameters::ENVIRONMENTS
        )
    })?;
    let resources = ctx.resources().await?;
    let live = |kind: &str| -> BTreeSet<String> {
        let of_kind = resources
            .iter()
            .filter(|resource| resource.resource_type() == Some(kind));
        of_kind
            .filter_map(|resource| resource.physical_resource_id())
            .map(str::to_owned)
            .collect()
    };
    let tables = Table::ALL.map(|table| table.physical_name(prefix));
    same(
        "the stack's tables",
        &live("AWS::DynamoDB::Table"),
        &BTreeSet::from(tables),
    )?;
    let functions = Function::ALL.map(|function| function.physical_name(prefix));
    let functions = BTreeSet::from(functions);
    same(
        "the stack's functions",
        &live("AWS::Lambda::Function"),
        &functions,
    )?;
    same("the stack's roles", &live("AWS::IAM::Role"), &functions)?;
    Ok(Evidence::new(format!(
        "environment {environment}; {} tables, {} functions and roles, all {prefix}-…",
        Table::ALL.len(),
        functions.len()
    )))
}
