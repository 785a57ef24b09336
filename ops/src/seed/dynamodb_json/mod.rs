//! Shapes straight to DynamoDB's own JSON, without an item in between: a fifth of the work, and
//! what makes a million supporters a matter of the target's pace.

mod error;
mod parts;
mod put;
mod value;

pub use error::Error;
pub use put::put_request;
