//! `bench search`: the index at scale, in a program built as the functions are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use contract::Exit;
use serde::Deserialize;

use super::figures::Figure;
use crate::child;
use crate::package::search_program;
use crate::steps::say;
use crate::workspace::Workspace;

/// The search crate's measuring program.
const PROGRAM: &str = "bench-search";

/// Measure indexing, opening and searching generated documents
#[derive(clap::Args)]
pub struct Args {
    /// How many documents
    #[arg(long, default_value_t = DOCUMENTS)]
    documents: u32,

    /// How many queries
    #[arg(long, default_value_t = QUERIES)]
    queries: u32,

    /// Print the quality on the judged set for each ranking weight around the chosen one instead
    #[arg(long, conflicts_with_all = ["json", "save"])]
    pub weights: bool,
}

const DOCUMENTS: u32 = 100_000;
const QUERIES: u32 = 2_000;

impl Default for Args {
    fn default() -> Self {
        Self {
            documents: DOCUMENTS,
            queries: QUERIES,
            weights: false,
        }
    }
}

/// What the program prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    documents: u32,
    index_seconds: f64,
    peak_memory_mib: f64,
    index_mib: f64,
    open_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

/// Measures the index at scale.
pub fn measure(workspace: &Workspace, args: &Args) -> anyhow::Result<Vec<Figure>> {
    let Args {
        documents, queries, ..
    } = args;
    let words = format!("scale --documents {documents} --queries {queries} --json");
    let mut command = Command::new(program(workspace)?);
    command.args(words.split(' ')).current_dir(&workspace.root);
    let printed = child::stdout(&mut command, PROGRAM)?;
    let printed: Printed = serde_json::from_slice(&printed).context("cannot read its figures")?;
    let of = |what: &str| format!("search, {} documents: {what}", printed.documents);
    Ok(vec![
        Figure::new(of("indexing"), printed.index_seconds, "s"),
        Figure::new(of("indexing, memory"), printed.peak_memory_mib, "MiB"),
        Figure::new(of("index"), printed.index_mib, "MiB"),
        Figure::new(of("opening"), printed.open_ms, "ms"),
        Figure::new(of("p50"), printed.p50_ms, "ms"),
        Figure::new(of("p99"), printed.p99_ms, "ms"),
        Figure::new(of("slowest"), printed.max_ms, "ms"),
    ])
}

/// Prints how the weights were chosen.
pub fn weights(workspace: &Workspace) -> anyhow::Result<Exit> {
    let words = "weights --content runtime/content --judged runtime/search/quality/judged.yaml";
    let mut command = Command::new(program(workspace)?);
    command.args(words.split(' ')).current_dir(&workspace.root);
    child::run(&mut command, PROGRAM)?;
    Ok(Exit::Done)
}

fn program(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    say!("compiling {PROGRAM} as the functions are (minutes the first time)");
    search_program(workspace, PROGRAM)
}
