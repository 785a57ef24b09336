//! What a restore did.

use super::sift::Counts;

/// What became of one table.
#[derive(Clone, Debug)]
pub struct TableReport {
    /// The table.
    pub table: String,
    /// Its name in the account.
    pub name: String,
    /// What became of its items.
    pub counts: Counts,
}

/// What a restore did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each table.
    pub tables: Vec<TableReport>,
    /// Supporters who were left out because they were erased.
    pub left_out: u64,
    /// Where the tables were backed up before they were replaced.
    pub safety: Option<String>,
    /// Whether an earlier run had begun it.
    pub went_on: bool,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
}
