//! `ops schema`: what a file for `ops seed --from` may hold.

use contract::{Exit, Table};

use crate::output;
use crate::seed::file::schema::schema;
use crate::seed::file::shape::{names, table_of};

/// Print the JSON Schema of what `seed --from` loads
///
/// Made from the declaration that the check itself goes by.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  cargo ops schema --table Donations > donations.schema.json")]
pub struct Args {
    /// Only this table's records
    #[arg(long, value_name = "TABLE", value_parser = table)]
    table: Option<Table>,
}

/// A table that can be loaded.
pub(super) fn table(name: &str) -> Result<Table, String> {
    table_of(name).ok_or_else(|| format!("must be one of {}", names()))
}

/// Runs the command.
///
/// # Errors
/// Where stdout is closed.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    output::json(&schema(args.table))?;
    Ok(Exit::Done)
}
