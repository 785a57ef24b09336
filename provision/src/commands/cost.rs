//! `provision cost`: what a month would cost. Offline.

use std::path::PathBuf;

use contract::Exit;
use serde_json::json;

use super::graph::read;
use crate::cost::{LEFT_OUT, Prices, Traffic, estimate, table};
use crate::output::print;
use crate::plan::document::{Scope, resources};
use crate::stacks;

/// Estimate a month's cost from the template and a traffic profile, offline
///
/// Example: provision cost --print-traffic > traffic.yaml; provision cost --traffic traffic.yaml
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How much the platform is used [default: a mid-sized charity]
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,

    /// Print the default traffic profile, to change and to name with --traffic
    #[arg(long)]
    print_traffic: bool,

    /// Another template than this program's
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the estimate.
///
/// # Errors
/// Exit 2 where a file is not what it should be.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.print_traffic {
        print(&Traffic::text().trim_end())?;
        return Ok(Exit::Done);
    }
    let document = match &args.template {
        Some(file) => read(file)?,
        None => stacks::platform().document(),
    };
    let traffic = Traffic::read(args.traffic.as_deref())?;
    let prices = Prices::bundled()?;
    let found = estimate(&resources(&document, &Scope::default()), &traffic, &prices);
    if args.json {
        print(&json!({
            "estimate": found, "leftOut": LEFT_OUT,
            "prices": prices.json(),
        }))?;
    } else {
        print(&table(&found, &prices))?;
    }
    Ok(Exit::Done)
}
