//! `bench`: figures, measured, printed, and compared with the committed last run; nothing is
//! asserted of them.

mod data;
mod figures;
mod harness;
mod machine;
mod search;

use std::io::{self, Write};

use anyhow::Context;
use clap::Subcommand;
use contract::Exit;

use crate::steps::say;
use crate::workspace::Workspace;
use figures::{Figure, Run};

/// Measure the platform and its tools
///
/// All parts, or one. Prints a table, writes target/bench.json, and compares with
/// tests/bench/last.json. A quiet machine gives better figures.
#[derive(clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    /// Make this the committed last run; parts that were not measured stay
    #[arg(long, global = true)]
    save: bool,

    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Measure each function alone: cold start against bare programs, its own time, memory
    Functions,
    /// Measure commands on a platform that is up to date: synth, plan, apply, verify
    Commands,
    Search(search::Args),
    Stream(harness::Stream),
    Chats(harness::Chats),
    Long(harness::Long),
    Data(data::Args),
}

impl What {
    fn all() -> [Self; 7] {
        [
            Self::Functions,
            Self::Commands,
            Self::Search(search::Args::default()),
            Self::Stream(harness::Stream::default()),
            Self::Chats(harness::Chats::default()),
            Self::Long(harness::Long::default()),
            Self::Data(data::Args::default()),
        ]
    }

    fn measure(&self, workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
        match self {
            Self::Functions => harness::functions(workspace),
            Self::Commands => harness::commands(workspace),
            Self::Search(args) => search::measure(workspace, args),
            Self::Stream(args) => args.measure(workspace),
            Self::Chats(args) => args.measure(workspace),
            Self::Long(args) => args.measure(workspace),
            Self::Data(args) => data::measure(workspace, args),
        }
    }
}

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let workspace = Workspace::find()?;
    if let Some(What::Search(search)) = &args.what
        && search.weights
    {
        return search::weights(&workspace);
    }
    let measured = match &args.what {
        Some(part) => part.measure(&workspace)?,
        None => all(&workspace)?,
    };
    let last = Run::last(&workspace)?;
    let mut now = Run {
        machine: machine::Machine::here(),
        commit: machine::commit(&workspace),
        figures: measured,
    };
    if let Some(last) = &last {
        now.compare(last);
        say!("last run: {} · {}", last.machine, last.commit);
    }
    say!("wrote {}", now.write(&workspace)?.display());
    let printed = if args.json { now.json()? } else { now.table() };
    io::stdout()
        .write_all(printed.as_bytes())
        .context("cannot write to stdout")?;
    if args.save {
        say!("wrote {}", now.save(last, &workspace)?.display());
    }
    Ok(Exit::Done)
}

fn all(workspace: &Workspace) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for part in What::all() {
        figures.extend(part.measure(workspace)?);
    }
    Ok(figures)
}
