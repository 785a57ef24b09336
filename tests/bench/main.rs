//! What `cargo xtask bench` measures with the harness: figures for a person, printed as tables.
//! Nothing here passes or fails by a figure; a chat that is lost or crossed does fail.
//!
//! `functions BARE`, `stream COUNT`, `chats COUNT`, `long SECONDS`.

mod chats;
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

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(table) => print(&table),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", report(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<String> {
    match words {
        ["functions", bare] => functions::measure(Path::new(bare)),
        ["stream", messages] => stream::measure(messages.parse().context("COUNT is no number")?),
        ["chats", count] => chats::measure(count.parse().context("COUNT is no number")?),
        ["long", seconds] => stream::long(seconds.parse().context("SECONDS is no number")?),
        _ => bail!(
            "usage: platform-bench functions BARE | stream COUNT | chats COUNT | long SECONDS"
        ),
    }
}

fn print(table: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{}", table.trim_end()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
