//! `provision synth`: writes the templates. Pure: no target, no clock, no environment.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use contract::{Exit, Failure};

use crate::documents::DOCUMENTS;
use crate::stacks::STACKS;

/// Write the CloudFormation templates, and the APIs' contract documents
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

/// Every file, templates first.
fn files() -> impl Iterator<Item = &'static str> {
    let templates = STACKS.iter().map(|stack| stack.file);
    templates.chain(DOCUMENTS.iter().map(|document| document.file))
}

/// The text of one of [`files`]; `None` for any other.
fn text(file: &str) -> anyhow::Result<Option<String>> {
    let making = || format!("cannot make {file}");
    if let Some(stack) = STACKS.iter().find(|stack| stack.file == file) {
        return Ok(Some((stack.template)().to_yaml().with_context(making)?));
    }
    let document = DOCUMENTS.iter().find(|document| document.file == file);
    let text = document.map(|document| document.to_yaml().with_context(making));
    text.transpose()
}

fn print(file: &str) -> anyhow::Result<Exit> {
    let text = text(file)?.ok_or_else(|| {
        let known: Vec<_> = files().collect();
        Failure::usage(format!("there is no template {file}"))
            .hint(format!("one of {}", known.join(", ")))
    })?;
    io::stdout()
        .write_all(text.as_bytes())
        .context("cannot write to stdout")?;
    Ok(Exit::Done)
}

fn write(dir: &Path) -> anyhow::Result<Exit> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    for file in files() {
        let path = dir.join(file);
        let text = text(file)?.unwrap_or_default();
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("wrote {}", path.display());
    }
    Ok(Exit::Done)
}

fn check(dir: &Path) -> anyhow::Result<Exit> {
    let mut stale = Vec::new();
    for file in files() {
        let path = dir.join(file);
        match fs::read_to_string(&path) {
            Ok(committed) if text(file)?.as_deref() == Some(committed.as_str()) => {}
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
