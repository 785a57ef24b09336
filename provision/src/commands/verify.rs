//! `provision verify`: whether what lives is what the contract says.

use std::path::PathBuf;

use contract::Exit;
use deploy_target::TargetArgs;

use crate::clients::Clients;
use crate::output::print;
use crate::verify;

/// Compare what lives with what is declared; exit 4 when something differs
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with the packages that should run; without it, those that were deployed
    #[arg(long, value_name = "DIR", default_value = "target/package")]
    package: PathBuf,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Verifies.
///
/// # Errors
/// Where something cannot be read.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let report = Box::pin(verify::verify(&clients, &args.package)).await?;
    if args.json {
        print(&report.json())?;
    } else {
        print(&report)?;
    }
    let differs = report.findings().next().is_some();
    Ok(if differs { Exit::Differs } else { Exit::Done })
}
