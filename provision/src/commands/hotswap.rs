//! `provision hotswap`: new code in running functions, past CloudFormation.

use std::path::PathBuf;
use std::time::Instant;

use contract::{Exit, Failure, Function, parameters};
use deploy_target::TargetArgs;
use futures::{StreamExt, TryStreamExt, stream, try_join};
use serde_json::json;

use crate::apply::client::Client;
use crate::apply::manifest::Manifest;
use crate::clients::Clients;
use crate::hotswap::{Code, Swapped, may_swap, swap};
use crate::output::{note, print};
use crate::platform::Platform;
use crate::stacks;

/// Exchange the code of functions, and nothing else (for development)
///
/// Refused where the template differs from the deployed one, and in production. The next deployment
/// sees it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder with the packages and their manifest (`cargo xtask package`)
    #[arg(long, value_name = "DIR", default_value = "target/package")]
    package: PathBuf,

    /// One function's zip instead, e.g. `search=target/search.zip` (may be given again)
    #[arg(long, value_name = "FUNCTION=ZIP", value_parser = code, conflicts_with = "package")]
    code: Vec<Code>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Functions under way at once.
const AT_ONCE: usize = 6;

/// Exchanges what differs.
///
/// # Errors
/// Where it is refused (exit 3), or Lambda refuses.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let name = &clients.target.stack;
    let (platform, live) = try_join!(Platform::read(&clients), client.template_of(name))?;
    let codes = codes(args, &platform)?;
    may_swap(
        &clients.target,
        &platform.stack,
        &live,
        &stacks::platform().document(),
    )?;
    let prefix = platform.prefix()?;
    let swapped: Vec<Option<Swapped>> = stream::iter(&codes)
        .map(|code| swap(&clients, prefix, code))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let swapped: Vec<Swapped> = swapped.into_iter().flatten().collect();
    if args.json {
        let unchanged = codes.len() - swapped.len();
        print(&json!({ "swapped": swapped, "unchanged": unchanged }))?;
    } else {
        for Swapped { function, from, to } in &swapped {
            print(&format_args!("{function}: {from} to {to}"))?;
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    match swapped.len() {
        0 => note(&format_args!(
            "{name}: the functions run this code already ({seconds:.1} s)"
        )),
        count => note(&format_args!(
            "{name}: {count} of {} functions run new code ({seconds:.1} s); the stack does not \
             know: deploy it whole when you are done",
            codes.len()
        )),
    }
    Ok(Exit::Done)
}

/// The code that shall run; packages must be for the stack's architecture.
fn codes(args: &Args, platform: &Platform) -> Result<Vec<Code>, Failure> {
    if !args.code.is_empty() {
        return Ok(args.code.clone());
    }
    let manifest = Manifest::read(&args.package)?;
    let live = platform.stack.parameters.get(parameters::ARCHITECTURE);
    if live != Some(&manifest.arch) {
        return Err(Failure::refused(format!(
            "the packages are for {}, the functions for {}",
            manifest.arch,
            live.map_or("another architecture", String::as_str)
        ))
        .hint("deploy it whole, or package for the other one: cargo xtask package --arch"));
    }
    let code = |(function, package): (Function, crate::apply::manifest::Package)| Code {
        function,
        zip: package.path,
    };
    Ok(manifest.packages.into_iter().map(code).collect())
}

fn code(text: &str) -> Result<Code, String> {
    let (name, zip) = text.split_once('=').ok_or("FUNCTION=ZIP")?;
    let function = Function::from_name(name).ok_or_else(|| {
        let names = Function::ALL.map(Function::name).join(", ");
        format!("`{name}` is no function; they are {names}")
    })?;
    Ok(Code {
        function,
        zip: PathBuf::from(zip),
    })
}
