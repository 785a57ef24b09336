//! SEC-1: what IAM itself says of each role: its arrows are allowed, and what no arrow gives is
//! denied. Asked of the policy simulator, which runs the evaluation and does nothing.

use aws_sdk_iam::types::PolicyEvaluationDecisionType as Decision;
use contract::arrows::arrows_from;
use contract::{Function, Table, Target, Verb};
use deploy_target::OrExplain;

use super::check;
use super::functions::configuration;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present};
use crate::smoke::ctx::Ctx;
use crate::smoke::policy::{Place, actions};

pub(super) const CHECKS: &[Check] = &[check("SEC-1", "IAM denies what no arrow gives", |ctx| {
    Box::pin(denials(ctx))
})];

/// What nobody may do to a table that no arrow of theirs leads to; and, whatever leads there, what no
/// verb gives.
const ON_TABLES: [&str; 6] = [
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PutItem",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteTable",
];

async fn denials(ctx: &Ctx) -> Outcome {
    let (mut denied, mut allowed) = (0, 0);
    for function in Function::ALL {
        let live = configuration(ctx, function).await?;
        let role = present("the function's role", live.role())?;
        let place = Place::of_arn(present("the function's ARN", live.function_arn())?)?;
        for table in Table::ALL {
            let arn = place.arn("dynamodb", &format!("table/{}", ctx.table(table)?));
            let granted = granted(function, table);
            let (may, may_not): (Vec<&str>, Vec<&str>) = ON_TABLES
                .iter()
                .partition(|action| granted.contains(action));
            denied += ask(ctx, function, role, &may_not, &arn, false).await?;
            allowed += ask(ctx, function, role, &may, &arn, true).await?;
        }
        if !arrows_from(function).any(|arrow| arrow.to == Target::Model) {
            let model = place.profile(ctx.output(contract::outputs::MODEL_ID)?);
            let asks = [
                "bedrock:InvokeModel",
                "bedrock:InvokeModelWithResponseStream",
            ];
            denied += ask(ctx, function, role, &asks, &model, false).await?;
        }
        let rest = ["iam:PassRole", "iam:PutRolePolicy", "sts:AssumeRole"];
        denied += ask(ctx, function, role, &rest, role, false).await?;
    }
    Ok(Evidence::new(format!(
        "of {} roles, IAM denies {denied} actions that no arrow gives and allows {allowed} that one \
         does",
        Function::ALL.len()
    )))
}

/// The actions that the arrows of `function` give it on `table`.
fn granted(function: Function, table: Table) -> Vec<&'static str> {
    let verbs = arrows_from(function)
        .filter(|arrow| arrow.to == Target::Table(table))
        .flat_map(|arrow| arrow.verbs);
    verbs
        .flat_map(|&verb: &Verb| actions(verb))
        .copied()
        .collect()
}

/// That each action comes out as it must; how many were asked.
async fn ask(
    ctx: &Ctx,
    function: Function,
    role: &str,
    actions: &[&str],
    resource: &str,
    may: bool,
) -> Result<usize, Finding> {
    if actions.is_empty() {
        return Ok(0);
    }
    let simulate = ctx.clients.iam.simulate_principal_policy();
    let names = actions.iter().map(|&action| action.to_owned()).collect();
    let answer = simulate
        .policy_source_arn(role)
        .set_action_names(Some(names))
        .resource_arns(resource)
        .send()
        .await
        .or_explain(&ctx.target, format!("cannot simulate role `{role}`"))?;
    let results = answer.evaluation_results();
    ensure(results.len() == actions.len(), || {
        format!("IAM judged {} of {} actions", results.len(), actions.len())
    })?;
    for result in results {
        let allowed = *result.eval_decision() == Decision::Allowed;
        ensure(allowed == may, || {
            let verdict = if allowed { "may" } else { "may not" };
            let action = result.eval_action_name();
            format!("{} {verdict} {action} on {resource}", function.name())
        })?;
    }
    Ok(results.len())
}
