//! Environment variables of the functions. Table variables are [`crate::Table::env`].

/// The inference profile the agent asks, e.g. `us.anthropic.claude-sonnet-4-6`.
pub const MODEL_ID: &str = "MODEL_ID";

/// The name of the function that ws-message invokes.
pub const AGENT_FUNCTION: &str = "AGENT_FUNCTION";

/// Where frames are posted: the WebSocket stage's `@connections` endpoint.
pub const CONNECTIONS_ENDPOINT: &str = "CONNECTIONS_ENDPOINT";
