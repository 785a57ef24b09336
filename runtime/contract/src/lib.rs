//! The shared facts of the Supporter Engagement Platform.
//!
//! The template, the functions, the smoke checks and the documentation must agree on tables, keys,
//! routes, variables, limits and names. Each such fact stands here once, and everything else
//! derives from it. The crate has no dependencies and does no I/O.

pub mod answers;
pub mod api_keys;
pub mod arrows;
pub mod artifact;
pub mod env;
pub mod errors;
pub mod failure;
pub mod functions;
pub mod limits;
pub mod local;
pub mod metrics;
pub mod model;
pub mod naming;
pub mod outputs;
pub mod page;
pub mod parameters;
pub mod prices;
pub mod requirements;
pub mod rest;
pub mod schema;
pub mod tables;
pub mod websocket;

pub use api_keys::{ApiKeys, KeyHolder};
pub use arrows::{ARROWS, Arrow, Source, Target, Verb};
pub use errors::ErrorCode;
pub use failure::{Exit, Failure};
pub use functions::Function;
pub use metrics::Metric;
pub use tables::Table;
