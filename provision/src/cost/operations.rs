//! What one call of a function does to the tables: as the adapters in `runtime` do it. All reads are
//! strongly consistent; a turn is written in one transaction.

use contract::{Function, Table};

use super::Traffic;

/// Bytes that one read unit reads, and one write unit writes.
const READ_UNIT: f64 = 4096.0;
const WRITE_UNIT: f64 = 1024.0;

/// Units of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
}

/// One kind of access.
#[derive(Clone, Copy, Debug)]
enum Access {
    /// So many bytes, read with one call.
    Read(f64),
    /// An item of so many bytes, written or deleted so many times.
    Write(f64, f64),
    /// The same in a transaction: twice the units.
    Transact(f64),
}

/// What a call of `function` does, table by table.
const fn accesses(function: Function, month: &Traffic) -> [Option<(Table, Access)>; 5] {
    let context = month.context_bytes;
    let nothing = None;
    match function {
        Function::GetProfile => [
            Some((Table::Users, Access::Read(month.user_bytes))),
            Some((
                Table::Donations,
                Access::Read(month.donations_per_supporter * month.donation_bytes),
            )),
            Some((Table::Context, Access::Read(context))),
            nothing,
            nothing,
        ],
        Function::PersonalizationAgent => [
            Some((Table::Users, Access::Read(month.user_bytes))),
            Some((Table::Context, Access::Read(context))),
            Some((
                Table::Interactions,
                Access::Read(month.turns_remembered * month.interaction_bytes),
            )),
            // The transaction checks the user, and writes the next context and the turn.
            Some((
                Table::Interactions,
                Access::Transact(month.interaction_bytes),
            )),
            Some((Table::Context, Access::Transact(context))),
        ],
        Function::Search => [
            Some((Table::Users, Access::Read(month.user_bytes))),
            Some((Table::Context, Access::Read(context))),
            nothing,
            nothing,
            nothing,
        ],
        Function::WsConnect | Function::WsDisconnect => [
            Some((Table::Sessions, Access::Write(month.session_bytes, 1.0))),
            nothing,
            nothing,
            nothing,
            nothing,
        ],
        // A message takes the lease and gives it back.
        Function::WsMessage => [
            Some((Table::Sessions, Access::Write(month.session_bytes, 2.0))),
            nothing,
            nothing,
            nothing,
            nothing,
        ],
    }
}

/// Units of one call of `function`.
pub fn units(function: Function, traffic: &Traffic) -> Units {
    let mut units = Units::default();
    for (_, access) in accesses(function, traffic).into_iter().flatten() {
        match access {
            Access::Read(bytes) => units.reads += (bytes / READ_UNIT).ceil().max(1.0),
            Access::Write(bytes, times) => units.writes += write(bytes) * times,
            Access::Transact(bytes) => units.writes += write(bytes) * 2.0,
        }
    }
    if function == Function::PersonalizationAgent {
        // The condition on the user's item costs as much as writing it would.
        units.writes += write(traffic.user_bytes) * 2.0;
        // While the model speaks, it looks once a second whether the sender has left a chat.
        units.reads += traffic.seconds_per_turn;
    }
    units
}

fn write(bytes: f64) -> f64 {
    (bytes / WRITE_UNIT).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use contract::Target;
    use contract::arrows::arrows_from;

    use super::*;

    #[test]
    fn every_arrow_to_a_table_is_counted_and_no_other() {
        let traffic = Traffic::read(None).unwrap();
        for function in Function::ALL {
            let counted: BTreeSet<Table> = accesses(function, &traffic)
                .into_iter()
                .flatten()
                .map(|(table, _)| table)
                .collect();
            let declared: BTreeSet<Table> = arrows_from(function)
                .filter_map(|arrow| match arrow.to {
                    Target::Table(table) => Some(table),
                    _ => None,
                })
                .collect();
            assert_eq!(counted, declared, "{}", function.name());
        }
    }

    #[test]
    fn a_turn_reads_its_memory_and_writes_a_transaction() {
        let traffic = Traffic::read(None).unwrap();
        let turn = units(Function::PersonalizationAgent, &traffic);
        // Users 1, Context 1, four turns of 2,500 bytes 3, six looks; twice (3 + 1 + 1) written.
        assert_eq!(
            turn,
            Units {
                reads: 11.0,
                writes: 10.0
            }
        );
    }
}
