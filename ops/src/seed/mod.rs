//! Sample supporters: the same bytes for the same seed on any machine.
//!
//! [`Record::new`] and what it calls are pure: no clock, no floats, nothing that depends on how many
//! supporters are asked for. [`writer`] puts records into the tables.

pub mod backoff;
mod batch;
mod donations;
mod dynamodb;
mod dynamodb_json;
mod engagement;
pub mod file;
mod names;
mod person;
mod random;
mod record;
mod shapes;
pub mod store;
mod time;
mod topics;
pub mod writer;

pub use dynamodb::Tables;
pub use record::{DEFAULT_SEED, Record, user_id};
pub use topics::Topic;
