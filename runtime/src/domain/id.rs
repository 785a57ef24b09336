//! Ids that clients send: parsed once, right everywhere after.

use std::fmt;

use contract::limits::{ID_MAX, is_id};
use serde::Serialize;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            /// The id `text`, if it is one ([`contract::limits::ID_PATTERN`]).
            pub fn parse(text: &str) -> Option<Self> {
                is_id(text).then(|| Self(text.to_owned()))
            }

            /// The id as clients see it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A supporter's id.
    UserId
}

id! {
    /// A conversation's id. Conversations belong to a supporter: the same id under two supporters
    /// names two conversations.
    ConversationId
}

/// What ids of conversations of a connection begin with.
const OF_CONNECTION: &str = "ws-";

impl ConversationId {
    /// The conversation of a connection, for messages that name none: ids of connections may end in
    /// `=`, which ids of conversations do not have.
    pub fn of_connection(connection: &str) -> Self {
        let id: String = connection
            .chars()
            .filter(|&c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            .take(ID_MAX - OF_CONNECTION.len())
            .collect();
        Self(format!("{OF_CONNECTION}{id}"))
    }
}

impl From<Uuid> for ConversationId {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_conversation_id_is_one_a_client_may_send() {
        for made in [Uuid::nil(), Uuid::max(), Uuid::new_v4()].map(ConversationId::from) {
            assert_eq!(ConversationId::parse(made.as_str()), Some(made));
        }
    }

    #[test]
    fn a_connection_has_a_conversation_of_its_own() {
        for connection in ["L0SM9cOFvHcCIhw=", "-_=", "/+", "", &"x".repeat(500)] {
            let conversation = ConversationId::of_connection(connection);
            assert_eq!(
                ConversationId::parse(conversation.as_str()),
                Some(conversation)
            );
        }
    }

    #[test]
    fn ids_are_those_of_the_contract() {
        for good in ["u", "user-000001", "a.b_c:d@e|f+g-h", &"x".repeat(128)] {
            assert_eq!(
                UserId::parse(good).map(|id| id.to_string()).as_deref(),
                Some(good)
            );
        }
        for bad in ["", "-a", "a b", "ä", "a/b", "a\n", &"x".repeat(129)] {
            assert!(UserId::parse(bad).is_none(), "{bad:?}");
        }
    }
}
