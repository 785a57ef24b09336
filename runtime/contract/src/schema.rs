//! Shapes of request bodies and frames, as data.
//!
//! The gateway's models are generated from these, and the functions validate by them again.

use crate::limits::{ID_MAX, MESSAGE_ID_MAX, MESSAGE_MAX, QUERY_MAX, RESULTS_MAX};

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An id ([`crate::limits::ID_PATTERN`]).
    Id,
    /// Text of `min..=max` Unicode scalar values.
    Text {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number in `min..=max`.
    Integer {
        /// Smallest value.
        min: usize,
        /// Largest value.
        max: usize,
    },
}

/// One field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The JSON key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// A JSON object with exactly these fields; others are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    /// Name of the shape, e.g. of the gateway's model.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: true,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        required: false,
    }
}

/// Kinds of content that search knows.
pub const CONTENT_KINDS: &[&str] = &["article", "paper"];

/// A supporter's id.
pub const USER_ID: Field = required("userId", Kind::Id);

/// Body of `POST /agent`.
pub const AGENT_REQUEST: Object = Object {
    name: "AgentRequest",
    fields: &[
        USER_ID,
        required(
            "message",
            Kind::Text {
                min: 1,
                max: MESSAGE_MAX,
            },
        ),
        optional("conversationId", Kind::Id),
    ],
};

/// Body of `POST /search`.
pub const SEARCH_REQUEST: Object = Object {
    name: "SearchRequest",
    fields: &[
        required(
            "query",
            Kind::Text {
                min: 1,
                max: QUERY_MAX,
            },
        ),
        optional("userId", Kind::Id),
        optional("kind", Kind::Choice(CONTENT_KINDS)),
        optional(
            "limit",
            Kind::Integer {
                min: 1,
                max: RESULTS_MAX,
            },
        ),
    ],
};

/// A chat message on a WebSocket.
pub const CHAT_MESSAGE: Object = Object {
    name: "ChatMessage",
    fields: &[
        required(
            "message",
            Kind::Text {
                min: 1,
                max: MESSAGE_MAX,
            },
        ),
        optional("conversationId", Kind::Id),
        optional(
            "id",
            Kind::Text {
                min: 1,
                max: MESSAGE_ID_MAX,
            },
        ),
    ],
};

const _: () = assert!(ID_MAX == 128, "ID_PATTERN spells this number out");
