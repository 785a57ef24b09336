//! `ops export-user`: everything that is kept about one supporter.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use contract::{Exit, Failure, outputs};
use deploy_target::{TargetArgs, connect};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clients::Clients;
use crate::output;
use crate::rights::document::document;
use crate::rights::person::{People, counts, in_words};
use crate::stack::Stack;

/// Write everything about one supporter into one readable JSON file
///
/// All five tables are read to the last page, consistently. The file can be read by its owner only.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  \
    cargo ops export-user user-000001 --local --to user-000001.json")]
pub struct Args {
    /// The supporter's id
    #[arg(value_name = "ID")]
    user: String,

    /// The file; `-` prints it [default: supporter-ID.json in this folder]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long)]
    force: bool,

    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where there is no such supporter, a table cannot be read, or the file cannot be written.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let target = target.resolve()?;
    let path = match &args.to {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("supporter-{}.json", file_name(&args.user))),
    };
    let printed = path == Path::new("-");
    if !printed && !args.force && path.exists() {
        return Err(Failure::refused(format!("{} is there", path.display()))
            .hint("name another file with --to, or replace it with --force")
            .into());
    }
    let clients = Clients::new(&connect(&target).await);
    let stack = Stack::read(&clients.cloudformation, &target).await?;
    let people = People::new(
        clients.dynamodb,
        target.clone(),
        stack.output(outputs::PREFIX)?,
    );
    let found = people.find(&args.user).await?;
    let words = in_words(&counts(&found));
    if words.is_empty() {
        return Err(nobody(&stack.name).into());
    }
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let document = document(&args.user, &stack.name, &now, &found);
    if printed {
        output::json(&document)?;
        return Ok(Exit::Done);
    }
    write(&path, &document).with_context(|| format!("cannot write {}", path.display()))?;
    if args.json {
        output::json(&json!({
            "file": path.display().to_string(), "stack": stack.name, "items": document["items"],
        }))?;
    } else {
        output::data(&format!("{}: {words}", path.display()))?;
    }
    Ok(Exit::Done)
}

/// The id as part of a file's name: what a file system may take for more than a name becomes `_`.
fn file_name(id: &str) -> String {
    id.replace(
        |c: char| !c.is_ascii_alphanumeric() && !"._@+-".contains(c),
        "_",
    )
}

pub(super) fn nobody(stack: &str) -> Failure {
    Failure::new(format!("no table of stack `{stack}` has this id"))
        .hint("ids are case-sensitive; is it another stack (--stack-name)?")
}

/// Whole or not at all, and readable by its owner only.
fn write(path: &Path, document: &Value) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file = private(Path::new(&partial))?;
    file.write_all(format!("{document:#}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&partial, path)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_makes_a_name_in_this_folder() {
        assert_eq!(file_name("user-000001"), "user-000001");
        assert_eq!(file_name("a/../b|c"), "a_.._b_c");
    }
}
