//! `provision preflight`: who and where we are, before anything long begins.

use contract::Exit;
use deploy_target::TargetArgs;
use serde_json::json;

use crate::apply::client::Client;
use crate::clients::Clients;
use crate::output::print;

/// Say which account, region and principal the target has
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Asks the services who we are.
///
/// # Errors
/// Exit 1 where they cannot be reached, or do not know our credentials.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let identity = Client::new(&clients).identity().await?;
    let target = &clients.target;
    let endpoint = target.endpoint();
    if args.json {
        let document = json!({
            "Account": identity.account,
            "Region": target.region(),
            "Principal": identity.arn,
            "EndpointUrl": endpoint,
        });
        print(&document)?;
    } else {
        print(&format_args!("account   {}", identity.account))?;
        print(&format_args!("region    {}", target.region()))?;
        print(&format_args!("principal {}", identity.arn))?;
        if let Some(endpoint) = endpoint {
            print(&format_args!("endpoint  {endpoint}"))?;
        }
    }
    Ok(Exit::Done)
}
