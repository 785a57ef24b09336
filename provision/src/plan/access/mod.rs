//! Who may do what: policies compared statement by statement, not text by text.

mod compare;
mod cover;
mod doors;
mod grant;
mod read;

pub use compare::changes;
pub use read::speaks_of;
