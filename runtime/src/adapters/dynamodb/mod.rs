//! The tables on DynamoDB: one file a table, with its items' shapes.
//!
//! All reads are strongly consistent: a supporter who has just been answered sees it in their
//! profile and in the next turn.

mod attributes;
mod context;
mod donations;
mod interactions;
mod record;
mod sessions;
mod users;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_sdk_dynamodb::Client;
use contract::arrows::{Target, arrows_from};
use contract::{Failure, Function, Table};

use super::{Later, aws, setting};
use crate::ports::{Cause, Unavailable};

/// The tables that a function has arrows to.
pub struct Tables {
    client: Later<Client>,
    names: BTreeMap<Table, String>,
}

impl Tables {
    /// The tables of `function`, as its environment names them.
    ///
    /// # Errors
    /// Where a variable is missing.
    pub fn of(function: Function) -> Result<Self, Failure> {
        let tables = Self::rarely(function)?;
        LazyLock::force(&tables.client);
        Ok(tables)
    }

    /// The same for a function that many requests are answered by without its tables.
    ///
    /// # Errors
    /// As [`Tables::of`].
    pub fn rarely(function: Function) -> Result<Self, Failure> {
        let tables = arrows_from(function).filter_map(|arrow| match arrow.to {
            Target::Table(table) => Some(table),
            _ => None,
        });
        let config = aws::quick("DYNAMODB")?;
        Ok(Self {
            client: Later::new(Box::new(move || Client::new(&config))),
            names: tables
                .map(|table| Ok((table, setting(table.env())?)))
                .collect::<Result<_, Failure>>()?,
        })
    }

    /// The table's name; empty, which DynamoDB refuses, for one that the function has no arrow to.
    fn name(&self, table: Table) -> &str {
        self.names.get(&table).map_or("", String::as_str)
    }
}

/// Says what was attempted.
fn failed<E: Into<Cause>>(what: &'static str) -> impl FnOnce(E) -> Unavailable {
    move |source| Unavailable {
        what,
        source: source.into(),
    }
}
