//! `provision synth`: writes the templates. Pure: no target, no clock, no environment.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use contract::{Exit, Failure};

use crate::stacks::{STACKS, Stack};

/// Write the CloudFormation templates
///
/// Example: provision synth --check templates
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only this template, e.g. platform.yaml, to stdout
    #[arg(value_name = "FILE", conflicts_with_all = ["out", "check"])]
    file: Option<String>,

    /// Write every template into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    out: Option<PathBuf>,

    /// Compare this folder's templates with the source; exit 4 when they differ
    #[arg(long, value_name = "DIR")]
    check: Option<PathBuf>,
}

/// Writes, prints or compares the templates.
///
/// # Errors
/// Where a file cannot be written or read, or none has the name asked for.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    match (&args.out, &args.check) {
        (Some(dir), _) => write(dir),
        (_, Some(dir)) => check(dir),
        _ => print(args.file.as_deref().unwrap_or("platform.yaml")),
    }
}

fn text(stack: &Stack) -> anyhow::Result<String> {
    (stack.template)()
        .to_yaml()
        .with_context(|| format!("cannot make {}", stack.file))
}

fn print(file: &str) -> anyhow::Result<Exit> {
    let stack = STACKS
        .iter()
        .find(|stack| stack.file == file)
        .ok_or_else(|| {
            let known: Vec<_> = STACKS.iter().map(|stack| stack.file).collect();
            Failure::usage(format!("there is no template {file}"))
                .hint(format!("one of {}", known.join(", ")))
        })?;
    io::stdout()
        .write_all(text(stack)?.as_bytes())
        .context("cannot write to stdout")?;
    Ok(Exit::Done)
}

fn write(dir: &Path) -> anyhow::Result<Exit> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    for stack in &STACKS {
        let path = dir.join(stack.file);
        fs::write(&path, text(stack)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    Ok(Exit::Done)
}

fn check(dir: &Path) -> anyhow::Result<Exit> {
    let mut stale = Vec::new();
    for stack in &STACKS {
        let path = dir.join(stack.file);
        match fs::read_to_string(&path) {
            Ok(committed) if committed == text(stack)? => {}
            Ok(_) => stale.push(path.display().to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                stale.push(path.display().to_string());
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        }
    }
    if stale.is_empty() {
        return Ok(Exit::Done);
    }
    Err(
        Failure::new(format!("not what the source makes: {}", stale.join(", ")))
            .hint("write them again: cargo xtask templates")
            .exit(Exit::Differs)
            .into(),
    )
}
