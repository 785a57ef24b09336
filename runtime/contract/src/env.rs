//! Environment variables of the functions. Table variables are [`crate::Table::env`].

/// The inference profile the agent asks, e.g. `us.anthropic.claude-sonnet-4-6`.
pub const MODEL_ID: &str = "MODEL_ID";

/// The name of the function that ws-message invokes.
pub const AGENT_FUNCTION: &str = "AGENT_FUNCTION";

/// Where frames are posted: the WebSocket stage's `@connections` endpoint.
pub const CONNECTIONS_ENDPOINT: &str = "CONNECTIONS_ENDPOINT";

/// What the hash of a supporter's id in log lines is keyed with: the stack's id, which ends in a
/// random UUID. Whoever has the logs alone cannot find a supporter by trying ids; whoever may read
/// the stack or the function can. Not set: log lines name no supporter at all.
pub const LOG_HASH_KEY: &str = "LOG_HASH_KEY";

/// How far the model strays from the likeliest words, 0 to 1. Empty or not set: not sent.
pub const MODEL_TEMPERATURE: &str = "MODEL_TEMPERATURE";

/// Tokens the model may answer with. Empty or not set: not sent.
pub const MODEL_MAX_TOKENS: &str = "MODEL_MAX_TOKENS";

/// The guardrail that the model is asked under. Empty or not set: none.
pub const GUARDRAIL_ID: &str = "GUARDRAIL_ID";

/// The guardrail's version: a number, or `DRAFT`.
pub const GUARDRAIL_VERSION: &str = "GUARDRAIL_VERSION";

/// How the model is asked: each variable with the stack's parameter that it holds. They come with
/// the arrow to the model.
pub const MODEL_SETTINGS: [(&str, &str); 4] = [
    (MODEL_TEMPERATURE, crate::parameters::MODEL_TEMPERATURE),
    (MODEL_MAX_TOKENS, crate::parameters::MODEL_MAX_TOKENS),
    (GUARDRAIL_ID, crate::parameters::GUARDRAIL_ID),
    (GUARDRAIL_VERSION, crate::parameters::GUARDRAIL_VERSION),
];
