//! Builds the knowledge index from a folder of content; `cargo xtask package` runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use contract::failure::{exit_of, report};
use contract::{Exit, Failure};
use search::ContentKind;
use search::content::{Document, read_folder};
use search::index::{ReplaceError, build, replace_folder};

/// Builds the knowledge index from Markdown files with YAML front matter, or JSON Lines.
#[derive(Parser)]
#[command(name = "index-content", version)]
struct Args {
    /// Folder with the content, or one file of it.
    #[arg(long, value_name = "DIR")]
    content: PathBuf,

    /// Folder to put the index into; an index that is there is replaced.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(summary) => {
            println!("{summary}");
            Exit::Done.into()
        }
        Err(failure) => {
            eprintln!("{}", report(&failure));
            exit_of(&failure).into()
        }
    }
}

/// Returns the line to print.
fn run(args: &Args) -> Result<String, Failure> {
    let documents = read_folder(&args.content).map_err(|errors| {
        // One error a line, as editors and terminals link them.
        eprintln!("{errors}");
        let count = errors.errors().len();
        Failure::new(format!(
            "{count} content error{}, no index built",
            plural(count)
        ))
        .hint("mend the lines above; the format is in runtime/content/README.md")
    })?;
    let files =
        build(&documents).map_err(|cause| Failure::new("cannot build the index").because(cause))?;
    replace_folder(&args.out, &files).map_err(|cause| match cause {
        ReplaceError::NotAnIndex(_) => {
            Failure::refused(cause.to_string()).hint("name another folder with --out")
        }
        ReplaceError::Io { .. } => Failure::new("cannot write the index").because(cause),
    })?;
    let bytes: usize = files.values().map(Vec::len).sum();
    let count = |kind| {
        documents
            .iter()
            .filter(|document: &&Document| document.kind == kind)
            .count()
    };
    Ok(format!(
        "indexed {} documents ({} articles, {} papers), {bytes} bytes, into {}",
        documents.len(),
        count(ContentKind::Article),
        count(ContentKind::Paper),
        args.out.display()
    ))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
