//! What searching costs at scale, and how good it is: `cargo xtask bench search` runs it.

mod generate;
mod scale;
mod weights;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use contract::Exit;
use contract::failure::{exit_of, report};

/// Measures the search index.
#[derive(Parser)]
#[command(name = "bench-search", version)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Time and memory of building, opening and searching an index of generated documents
    Scale {
        /// How many documents
        #[arg(long, default_value_t = 100_000)]
        documents: u32,
        /// How many queries
        #[arg(long, default_value_t = 2_000)]
        queries: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Quality on the judged set for each weight around the chosen one
    Weights {
        /// Folder with the content
        #[arg(long, value_name = "DIR")]
        content: PathBuf,
        /// The judged set
        #[arg(long, value_name = "FILE")]
        judged: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Args::parse().what {
        What::Scale {
            documents,
            queries,
            json,
        } => scale::run(documents, queries, json),
        What::Weights { content, judged } => weights::run(&content, &judged),
    };
    match done {
        Ok(()) => Exit::Done.into(),
        Err(error) => {
            eprintln!("{}", report(error.as_ref()));
            exit_of(error.as_ref()).into()
        }
    }
}
