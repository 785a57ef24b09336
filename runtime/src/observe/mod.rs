//! What a function says of its work: one line of JSON an event, and one that ends every request,
//! with its metrics ([`contract::metrics`]).
//!
//! A line holds ids, codes, counts and times of ours. It never holds what people wrote, who they
//! are, or a key: a supporter stands in it as a keyed hash.

mod emf;
mod lines;
mod origin;
mod record;
mod supporter;

pub use lines::to_stdout;
pub use origin::Origin;
pub use record::{during, measure, of_user, status, told};
