//! What lives in the account, read from the services themselves, in plain types.
//!
//! `verify` compares it with what the contract says; `local` sees from it what the local engine
//! has left open. Nothing here knows templates or stacks.

mod functions;
mod page;
mod rest;
mod roles;
mod tables;
mod usage;
mod websocket;

pub use functions::{LiveFunction, function};
pub use page::{LivePage, page};
pub use rest::{GatewayAnswer, LiveMethod, LiveRest, LiveStage, methods, rest};
pub use roles::{LiveRole, role};
pub use tables::{LiveTable, table};
pub use usage::{LivePlan, plan};
pub use websocket::{LiveRoute, LiveSocketStage, LiveWebSocket, socket_stage, websocket};
