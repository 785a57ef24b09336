//! Numbers that the gateway, the functions and the checks must agree on.

use std::time::Duration;

/// REST-7 and WS-4: steady requests a second.
pub const RATE_PER_SECOND: u32 = 100;

/// REST-7 and WS-4: requests at once.
pub const BURST: u32 = 200;

/// REST-9: requests a day and key, on the REST plan only.
pub const QUOTA_PER_DAY: u32 = 10_000;

/// DB-4: how long a session lives after its last use.
pub const SESSION_TTL: Duration = Duration::from_hours(1);

/// Ids that clients send (`userId`, `conversationId`): this pattern, whole.
pub const ID_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9._:@|+-]{0,127}$";

/// Longest id, in characters (all ASCII).
pub const ID_MAX: usize = 128;

/// Whether `text` is an id a client may send ([`ID_PATTERN`]).
pub fn is_id(text: &str) -> bool {
    text.len() <= ID_MAX
        && text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._:@|+-".contains(&byte))
}

/// Longest chat message, in Unicode scalar values.
pub const MESSAGE_MAX: usize = 4000;

/// Longest search query, in Unicode scalar values.
pub const QUERY_MAX: usize = 512;

/// Most search results a request may ask for.
pub const RESULTS_MAX: usize = 50;

/// Search results where a request does not say.
pub const RESULTS_DEFAULT: usize = 10;

/// Longest `id` a client gives a WebSocket message.
pub const MESSAGE_ID_MAX: usize = 64;

/// Donations shown in a profile, newest first; the summary is over all of them.
pub const DONATIONS_SHOWN: usize = 100;

/// Turns of the conversation that the agent remembers.
pub const MEMORY_TURNS: usize = 20;

/// Tokens the model may answer with where the deployer does not say; keeps a reply well below a
/// WebSocket frame.
pub const REPLY_MAX_TOKENS: u32 = 1024;

/// API Gateway ends a REST integration after this time; not raised by us.
pub const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

/// Time the agent takes at most over REST, counted from `requestTimeEpoch`, so that the client
/// gets an answer of ours and never a bare gateway timeout.
pub const REST_DEADLINE: Duration = Duration::from_secs(27);

/// What a function keeps of its own timeout to answer in.
pub const DEADLINE_RESERVE: Duration = Duration::from_secs(1);

/// Largest WebSocket frame API Gateway passes on, in bytes.
pub const FRAME_MAX_BYTES: usize = 32 * 1024;

/// Days that logs are kept where the deployer does not say.
pub const LOG_RETENTION_DAYS: u32 = 30;
