//! What the table Interactions keeps of a turn, and the order it keeps it in.

use jiff::Timestamp;

use super::{ConversationId, UserId};

/// `type` of an item that is a chat turn.
pub const CHAT_TURN: &str = "chat_turn";
/// `type` of a turn that the guardrail blocked: it is kept, and not remembered, since what is
/// remembered goes to the model without being assessed again.
pub const BLOCKED_TURN: &str = "blocked_turn";

/// A turn of a conversation, as the agent remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What the supporter said.
    pub message: String,
    /// What the agent answered.
    pub reply: String,
}

/// Where a turn came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// `POST /agent`.
    Rest,
    /// A chat over a WebSocket.
    WebSocket,
}

impl Channel {
    /// The word the table keeps.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::WebSocket => "websocket",
        }
    }
}

/// A completed turn, with all that is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Who talked.
    pub user_id: UserId,
    /// The sort key ([`sort_key`]).
    pub timestamp: String,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The turn itself.
    pub turn: Turn,
    /// The model that answered.
    pub model: String,
    /// The version of the context that the turn made.
    pub context_version: u64,
    /// Tokens of the prompt.
    pub input_tokens: u64,
    /// Tokens of the reply.
    pub output_tokens: u64,
    /// From the request to the reply, in milliseconds.
    pub latency_ms: u64,
    /// Where it came in.
    pub channel: Channel,
    /// The guardrail stepped in.
    pub blocked: bool,
}

/// ISO 8601 UTC with milliseconds, e.g. `2026-01-01T00:00:00.000Z`.
pub fn iso(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The sort key of an interaction: [`iso`], then what keeps two in one millisecond in order
/// (`count`, of the writing process) and apart (`random`, between processes).
pub fn sort_key(at: Timestamp, count: u32, random: u32) -> String {
    format!("{}#{count:08x}{random:08x}", iso(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_are_iso_with_a_suffix() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert_eq!(
            sort_key(at(1_767_225_600_000), 1, 0xabc),
            "2026-01-01T00:00:00.000Z#0000000100000abc"
        );
        assert_eq!(iso(at(1_767_225_600_999)), "2026-01-01T00:00:00.999Z");
    }

    #[test]
    fn two_in_one_millisecond_keep_their_order() {
        let at = Timestamp::UNIX_EPOCH;
        assert!(sort_key(at, 9, u32::MAX) < sort_key(at, 10, 0));
        assert!(sort_key(at, 255, 7) < sort_key(at, 256, 7));
    }
}
