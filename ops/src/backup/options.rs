//! What to back up, and how.

use contract::Table;
use jiff::Timestamp;

use crate::archive::Recipients;
use crate::wire::Share;

/// What a backup is to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tables, in the contract's order.
    pub tables: Vec<Table>,
    /// Where the items come from.
    pub way: Way,
    /// Whom segments are encrypted to.
    pub recipients: Recipients,
}

/// Where the items come from.
#[derive(Clone, Debug)]
pub enum Way {
    /// A scan that takes this share of each table's read capacity.
    Scan(Share),
    /// A point-in-time export.
    Pitr {
        /// The moment; the latest that every table can be exported at, where none is given.
        at: Option<Timestamp>,
        /// The bucket it goes through; the stack's artifact bucket where none is given.
        bucket: Option<String>,
        /// Whether the exported objects stay.
        keep: bool,
    },
}

/// The tables that were asked for: those named, or all but the sessions, which are gone in an hour.
pub fn tables_for(named: &[Table], with_sessions: bool) -> Vec<Table> {
    let wanted = |table: &Table| match named {
        [] => *table != Table::Sessions || with_sessions,
        named => named.contains(table) || (*table == Table::Sessions && with_sessions),
    };
    Table::ALL.into_iter().filter(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_left_out_unless_asked_for() {
        assert!(!tables_for(&[], false).contains(&Table::Sessions));
        assert_eq!(tables_for(&[], true), Table::ALL);
        assert_eq!(tables_for(&[Table::Sessions], false), [Table::Sessions]);
        assert_eq!(
            tables_for(&[Table::Context, Table::Users], false),
            [Table::Users, Table::Context]
        );
    }
}
