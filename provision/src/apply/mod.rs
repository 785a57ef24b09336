//! Bringing a stack to what the template says.
//!
//! Pure: what a stack's status means, the parameters, whose tables exist, the gates, the
//! first cause of a failure. `client` alone knows the SDK; `deploy` puts them in order.

pub mod adoption;
pub mod again;
pub mod bootstrap;
pub mod change_set;
pub mod client;
mod conditions;
pub mod deploy;
pub mod diagnosis;
pub mod follow;
pub mod gates;
pub mod interrupt;
pub mod manifest;
pub mod options;
pub mod packages;
pub mod parameters;
pub mod previous;
pub mod progress;
pub mod review;
pub mod running;
pub mod stack;
pub mod survey;
pub mod token;
pub mod wanted;
