//! Generated documents under `templates/` that a suite makes: compared with what is committed, or
//! written where `INSTA_UPDATE=always` asks for it, as with snapshots.

use std::env;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::template::workspace;

/// Compares `text` with the committed `templates/{file}`.
///
/// # Errors
/// Where they differ: with the first line that does, and how to write the file again.
pub fn check(file: &str, text: &str, again: &str) -> Result<()> {
    let path = workspace().join("templates").join(file);
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        return fs::write(&path, text).with_context(|| path.display().to_string());
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed == text {
        return Ok(());
    }
    let mut lines = committed.lines().zip(text.lines());
    let differs = lines.find(|(before, after)| before != after);
    let (before, after) = differs.unwrap_or(("its end", "more or fewer lines"));
    bail!(
        "templates/{file} is out of date; write it again: {again}\n\
         committed: {before}\n      now: {after}"
    )
}
