//! Data to stdout, progress to stderr. A reader that went away (`| head`) is no failure.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// Prints data and a line end.
///
/// # Errors
/// Where stdout cannot be written, other than for a reader that went away.
pub fn print(data: &impl Display) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{data}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

/// Shows progress; nobody may be there to see it.
pub fn note(text: &impl Display) {
    // In one piece: others may write to the same terminal.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}
