//! Programs behind a proxy, and answers made others.

use std::fs;

use anyhow::{Context, Result};
use contract::{Function, artifact};
use platform_tests::harness::Meddler;
use platform_tests::program::{self, Ended};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A program at a stack, through a proxy.
pub fn through(meddler: &Meddler, stack: &str, arguments: &[&str]) -> Result<Ended> {
    let target = ["--local", "--stack-name", stack];
    let mut command = program::command(
        meddler.dir(),
        "provision",
        &[arguments, &target[..]].concat(),
    )?;
    program::ended(&mut command)
}

/// `apply` of the suite's packages, through a proxy.
pub(super) fn apply(meddler: &Meddler, stack: &str, more: &[&str]) -> Result<Ended> {
    let packages = program::packages()?;
    let arguments = ["apply", "--yes", "--allow-second", "--package", &packages];
    through(meddler, stack, &[&arguments[..], more].concat())
}

/// Packages like the suite's, but with one function's code being another's.
pub fn mixed_up(function: Function, other: Function) -> Result<TempDir> {
    let packages = std::path::PathBuf::from(program::packages()?);
    let text = fs::read_to_string(packages.join(artifact::MANIFEST))?;
    let mut manifest: Value = serde_json::from_str(&text)?;
    let entries = manifest["functions"]
        .as_object_mut()
        .context("no functions")?;
    for (_, entry) in entries.iter_mut() {
        let file = entry["file"].as_str().context("no file")?;
        entry["file"] = json!(packages.join(file));
    }
    let other = entries[other.name()].clone();
    entries.insert(function.name().to_owned(), other);
    let dir = tempfile::tempdir()?;
    fs::write(dir.path().join(artifact::MANIFEST), manifest.to_string())?;
    Ok(dir)
}

/// The answer of `DescribeStacks`, with another status.
pub fn with_status(answer: &str, status: &str) -> String {
    between(answer, "<StackStatus>", "</StackStatus>", status)
}

/// The answer of `DescribeStackEvents`, with another operation's token.
pub fn with_token(answer: &str, token: &str) -> String {
    let (start, end) = ("<ClientRequestToken>", "</ClientRequestToken>");
    between(answer, start, end, token)
}

/// Every text between `start` and `end`, made another.
fn between(text: &str, start: &str, end: &str, other: &str) -> String {
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| {
        let rest = part.split_once(end).map_or("", |(_, rest)| rest);
        out + start + other + end + rest
    })
}
