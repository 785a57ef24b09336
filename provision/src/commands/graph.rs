//! `provision graph`: the architecture's picture, from the template.

use std::fs;
use std::path::{Path, PathBuf};

use contract::{Exit, Failure};
use serde_yaml::Mapping;

use crate::graph::{mermaid, svg};
use crate::output::print;
use crate::stacks;

/// Draw what calls what, as Mermaid text, which GitHub and most editors draw, or as SVG
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Another template than this program's
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,

    /// A picture instead, for a browser or a document
    #[arg(long)]
    svg: bool,
}

/// Prints the picture.
///
/// # Errors
/// Exit 2 where the file is no template; exit 1 where there is nothing to draw as SVG.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let document = match &args.template {
        Some(file) => read(file)?,
        None => stacks::platform().document(),
    };
    if args.svg {
        let empty = || {
            Failure::new("nothing in this template calls anything; there is no picture of it")
                .hint("is it the platform's? its own needs no --template")
        };
        print(&svg(&document).ok_or_else(empty)?)?;
    } else {
        print(&mermaid(&document))?;
    }
    Ok(Exit::Done)
}

/// A template in a file.
///
/// # Errors
/// Exit 2 where it cannot be read, or is neither YAML nor JSON.
pub(super) fn read(file: &Path) -> Result<Mapping, Failure> {
    let wrong = || {
        Failure::usage(format!("{} is no template", file.display()))
            .hint("a CloudFormation template, as YAML or JSON: provision synth > FILE")
    };
    let text = fs::read_to_string(file).map_err(|error| wrong().because(error))?;
    serde_yaml::from_str(&text).map_err(|error| wrong().because(error))
}
