//! What a restore is to do.

use serde::{Deserialize, Serialize};

use crate::archive::Storage;

/// What may be in the tables already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Nothing.
    Fresh,
    /// Anything: what is missing is written, what is there stays.
    Merge,
    /// Anything: it is backed up and deleted first.
    Replace,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What may be there.
    pub mode: Mode,
    /// Only this supporter's items: what is missing of them is written.
    pub only: Option<String>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Where the journal is kept.
    pub journal: Storage,
    /// Where tables are backed up that are to be replaced.
    pub safety: Storage,
}

impl Options {
    /// Whether every item is looked up before it is written.
    pub fn looks_first(&self) -> bool {
        self.mode == Mode::Merge || self.only.is_some()
    }
}
