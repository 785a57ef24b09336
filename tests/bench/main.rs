//! What `cargo xtask bench` measures with the harness: figures, printed as JSON. Nothing here
//! passes or fails by a figure; a chat that is lost or crossed does fail.
//!
//! `functions BARE`, `commands`, `stream COUNT`, `chats COUNT`, `long SECONDS`,
//! `data OPS PYTHON ITEMS`.

mod answering;
mod chats;
mod commands;
mod data;
mod donations;
mod ended;
mod figure;
mod functions;
mod process;
mod stats;
mod stream;
mod workload;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use contract::failure::report;
use serde_json::Value;

use figure::Figure;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(figures) => print(&figures),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", report(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<Vec<Figure>> {
    match words {
        ["functions", bare] => functions::measure(Path::new(bare)),
        ["commands"] => commands::measure(),
        ["stream", messages] => stream::measure(messages.parse().context("COUNT is no number")?),
        ["chats", count] => chats::measure(count.parse().context("COUNT is no number")?),
        ["long", seconds] => stream::long(seconds.parse().context("SECONDS is no number")?),
        ["data", ops, python, items] => data::measure(
            Path::new(ops),
            Path::new(python),
            items.parse().context("ITEMS is no number")?,
        ),
        _ => bail!(
            "usage: platform-bench functions BARE | commands | stream COUNT | chats COUNT | \
             long SECONDS | data OPS PYTHON ITEMS"
        ),
    }
}

fn print(figures: &[Figure]) -> ExitCode {
    let figures: Value = figures.iter().map(Figure::to_json).collect();
    match writeln!(std::io::stdout(), "{figures}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
