//! `provision policy`: what the deploying principal may do, and no more.

use clap::ValueEnum;
use contract::{Exit, Failure, naming};
use deploy_target::TargetArgs;

use crate::apply::client::{Client, Identity};
use crate::clients::Clients;
use crate::output::print;
use crate::policy::{Place, policies};

/// Print the least-privilege policies of the deploying principal, as JSON
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only this policy, as IAM takes it
    #[arg(long, value_enum)]
    only: Option<Which>,

    /// Account id [default: that of the credentials]
    #[arg(long, value_name = "ID", value_parser = account)]
    account: Option<String>,

    /// Prefix of names [default: follows the stack's name]
    #[arg(long)]
    prefix: Option<String>,
}

/// One of the policies.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// Who only plans: nothing that lives can be changed with it
    Plan,
    /// Who deploys: what the programs ask for themselves
    Stack,
    /// What CloudFormation does, as its service role, or for who deploys without one
    Resources,
    /// Who checks what runs
    Smoke,
}

/// Prints them. Offline where the account is named.
///
/// # Errors
/// Where no account is named and the credentials do not tell one.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let place = place(target, args).await?;
    let policies = policies(&place);
    let json = match args.only {
        Some(Which::Plan) => policies.plan.json(),
        Some(Which::Stack) => policies.stack.json(),
        Some(Which::Resources) => policies.resources.json(),
        Some(Which::Smoke) => policies.smoke.json(),
        None => policies.json(),
    };
    print(&serde_json::to_string_pretty(&json)?)?;
    Ok(Exit::Done)
}

async fn place(target: &TargetArgs, args: &Args) -> anyhow::Result<Place> {
    let resolved = target.resolve()?;
    let identity = match &args.account {
        Some(account) => Identity {
            account: account.clone(),
            arn: partition(resolved.region()).to_owned(),
        },
        None => Client::new(&Clients::connect(target).await?)
            .identity()
            .await
            .map_err(|failure| {
                Failure::new("cannot find out for which account")
                    .because(failure)
                    .hint("name it: --account 111122223333")
            })?,
    };
    let prefix = naming::prefix_of(&resolved.stack).to_owned();
    Ok(Place {
        partition: identity.arn.split(':').nth(1).unwrap_or("aws").to_owned(),
        region: resolved.region().to_owned(),
        account: identity.account,
        prefix: args.prefix.clone().unwrap_or(prefix),
        role: target.role_arn.clone(),
        stack: resolved.stack,
    })
}

/// The start of an ARN in the region's partition.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "arn:aws-cn:",
        region if region.starts_with("us-gov-") => "arn:aws-us-gov:",
        _ => "arn:aws:",
    }
}

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("twelve digits".to_owned())
}
