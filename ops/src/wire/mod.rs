//! DynamoDB's wire, for what moves tables: requests and answers are the service's own JSON, passed
//! through byte for byte.
//!
//! The SDK takes every item apart into its own types and puts it together again, which costs most
//! of the time of a large backup and could only lose exactness. Here a request is signed and sent
//! as it is written; what is done with it is up to `archive`, `backup` and `restore`. Everything
//! that is called once (tables, exports) goes through the SDK.

mod client;
mod error;
mod pace;
mod retry;

pub use client::Wire;
pub use error::{Said, WireError, is_throttle, is_transient};
pub use pace::{Pace, Share};
pub use retry::Patience;
