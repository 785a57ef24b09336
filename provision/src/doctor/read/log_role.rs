//! The role that API Gateway writes logs with.

use contract::{Failure, naming};
use deploy_target::OrExplain;

use crate::clients::Clients;
use crate::doctor::gateway::LogRole;

/// The logical id of the role in the bootstrap stack.
const OURS: &str = "ApiGatewayLogRole";

/// Reads what there is of it.
pub(super) async fn read(clients: &Clients, bootstrapped: bool) -> Result<LogRole, Failure> {
    let call = clients.apigateway.get_account().send().await;
    let account = call.or_explain(
        &clients.target,
        "cannot read API Gateway's account settings",
    )?;
    let set = account.cloudwatch_role_arn.filter(|arn| !arn.is_empty());
    let lives = match &set {
        Some(arn) => Some(role(clients, name(arn)).await?.is_some()),
        None => None,
    };
    let ours = if bootstrapped {
        ours(clients).await?
    } else {
        None
    };
    Ok(LogRole {
        bootstrapped,
        ours,
        set,
        lives,
    })
}

/// `arn:…:role/path/NAME` to `NAME`.
fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// The ARN of the role of this name, where it lives.
async fn role(clients: &Clients, name: &str) -> Result<Option<String>, Failure> {
    let call = clients.iam.get_role().role_name(name).send().await;
    let what = format!("cannot read the role {name}");
    let answer = call.found_or_explain(&clients.target, what)?;
    Ok(answer.and_then(|answer| answer.role).map(|role| role.arn))
}

async fn ours(clients: &Clients) -> Result<Option<String>, Failure> {
    let call = clients.cloudformation.describe_stack_resource();
    let call = call
        .stack_name(naming::BOOTSTRAP_STACK)
        .logical_resource_id(OURS);
    let what = format!("cannot read {OURS} of {}", naming::BOOTSTRAP_STACK);
    let answer = call.send().await.or_explain(&clients.target, what)?;
    let detail = answer.stack_resource_detail;
    match detail.and_then(|detail| detail.physical_resource_id) {
        Some(name) => role(clients, &name).await,
        None => Ok(None),
    }
}
