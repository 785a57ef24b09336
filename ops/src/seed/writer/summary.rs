//! What a run did.

use std::collections::BTreeMap;

use contract::Table;

/// What happened to the items of one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Items that were missing and were written.
    pub written: u64,
    /// Items that were there and were left as they are.
    pub already_there: u64,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By table.
    pub tables: BTreeMap<Table, Count>,
    /// Supporters who are there under the same id as somebody else (another seed's, or not ours):
    /// nothing of theirs was touched.
    pub left_alone: u64,
}
