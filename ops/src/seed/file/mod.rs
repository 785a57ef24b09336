//! A team's own data: JSON Lines or CSV, checked whole before anything is written.
//!
//! [`shape`] declares once what a record may hold; [`check`] validates by it, [`schema`] prints it.

pub mod check;
pub mod read;
pub mod schema;
pub mod shape;
pub mod validate;
pub mod write;
