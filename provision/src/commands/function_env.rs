//! `provision function-env`: a live function's environment, for running it elsewhere.

use contract::{Exit, Failure, Function};
use deploy_target::{OrExplain, TargetArgs};

use crate::clients::Clients;
use crate::output::print;
use crate::platform::Platform;

/// Print a function's live environment as NAME=value lines
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the function, without prefix
    #[arg(value_parser = Function::ALL.map(Function::name))]
    name: String,
}

/// Prints it, sorted by name.
///
/// # Errors
/// Where there is no such function.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let function = Function::from_name(&args.name)
        .ok_or_else(|| Failure::usage(format!("there is no function {}", args.name)))?;
    let clients = Clients::connect(target).await?;
    let name = function.physical_name(Platform::read(&clients).await?.prefix()?);
    let call = clients
        .lambda
        .get_function_configuration()
        .function_name(&name)
        .send()
        .await;
    let answer = call.or_explain(&clients.target, format!("cannot read the function {name}"))?;
    let variables = answer
        .environment
        .and_then(|environment| environment.variables);
    let mut lines: Vec<String> = variables
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    lines.sort();
    for line in lines {
        print(&line)?;
    }
    Ok(Exit::Done)
}
