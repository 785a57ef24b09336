//! A new API key in place of the old one, without a moment in which clients are refused.
//!
//! Two steps, each an update of the stack's own parameter, so that CloudFormation owns both keys at
//! every moment: a second key beside the one, and, once clients have moved, the new one alone.

mod accept;
mod steps;

pub use accept::until_accepted;
pub use steps::{Step, decide, flags};
