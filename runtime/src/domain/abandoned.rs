//! A message whose sender left before the answer was whole.
//!
//! Lambda lets a function go on whose caller has hung up, and bills all of it (developer guide,
//! "Response streaming for Lambda functions"). So ws-message tells the agent, in a call of its own,
//! and the instance that answers the message reads in Interactions that it may stop.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ConversationId, UserId};

/// `type` of an item that is one.
pub const ABANDONED: &str = "abandoned";

/// How often an instance looks whether its message was abandoned.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How far the clocks of two instances may be apart.
pub const CLOCKS_APART: Duration = Duration::from_mins(1);

/// A message that nobody waits for any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abandoned {
    /// Who sent it.
    pub user_id: UserId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The id of the request that it is answered under.
    pub request_id: String,
}

impl Abandoned {
    /// The call that says so: `{"abandoned":true,"userId","conversationId","requestId"}`.
    pub fn to_call(&self) -> Value {
        json!({
            "abandoned": true,
            "userId": self.user_id,
            "conversationId": self.conversation_id,
            "requestId": self.request_id,
        })
    }

    /// Reads such a call; `None` for any other.
    pub fn of_call(call: &Value) -> Option<Self> {
        let text = |name: &str| call.get(name).and_then(Value::as_str);
        if call.get("abandoned") != Some(&Value::Bool(true)) {
            return None;
        }
        Some(Self {
            user_id: UserId::parse(text("userId")?)?,
            conversation_id: ConversationId::parse(text("conversationId")?)?,
            request_id: text("requestId")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_says_the_other_reads() {
        let abandoned = Abandoned {
            user_id: UserId::parse("user-1").unwrap(),
            conversation_id: ConversationId::parse("c-1").unwrap(),
            request_id: "r-1".to_owned(),
        };
        assert_eq!(Abandoned::of_call(&abandoned.to_call()), Some(abandoned));
    }

    #[test]
    fn no_other_call_is_taken_for_one() {
        for other in [
            json!(null),
            json!({"userId": "user-1", "message": "Hi", "conversationId": "c-1"}),
            json!({"abandoned": "true", "userId": "u", "conversationId": "c", "requestId": "r"}),
            json!({"abandoned": true, "userId": "", "conversationId": "c", "requestId": "r"}),
            json!({"abandoned": true, "userId": "u", "conversationId": "c"}),
        ] {
            assert_eq!(Abandoned::of_call(&other), None, "{other}");
        }
    }
}
