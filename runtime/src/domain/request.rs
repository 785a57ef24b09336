//! Requests as the functions work with them, parsed from what the contract's shapes let through.

use contract::limits::RESULTS_DEFAULT;
use contract::schema::{AGENT_REQUEST, CHAT_MESSAGE, SEARCH_REQUEST};
use contract::websocket::frame::PING;
use search::ContentKind;
use serde_json::{Value, json};

use super::validate::{Checked, Invalid, check, parse, takes};
use super::{ConversationId, UserId};

/// `POST /agent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRequest {
    /// Who asks.
    pub user_id: UserId,
    /// What they say.
    pub message: String,
    /// The conversation it belongs to; none begins one.
    pub conversation_id: Option<ConversationId>,
}

/// `POST /search`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchRequest {
    /// What to look for.
    pub query: String,
    /// For whom.
    pub user_id: Option<UserId>,
    /// Only this kind.
    pub kind: Option<ContentKind>,
    /// How many results at most.
    pub limit: usize,
}

/// A frame from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// Keeps the session.
    Ping,
    /// A chat message.
    Message {
        /// What they say.
        message: String,
        /// The conversation; none is the connection's own.
        conversation_id: Option<ConversationId>,
        /// The client's id for the exchange.
        id: Option<String>,
    },
}

/// A frame that does not fit the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFrame {
    /// The frame's `id`, where that much was right.
    pub id: Option<String>,
    /// Why.
    pub reason: Invalid,
}

impl AgentRequest {
    /// Parses a body.
    pub fn parse(body: &Value) -> Result<Self, Invalid> {
        let checked = check(&AGENT_REQUEST, body)?;
        Ok(Self {
            user_id: UserId::parse(checked.required_text("userId")?)
                .ok_or(Invalid::Missing("userId"))?,
            message: checked.required_text("message")?.to_owned(),
            conversation_id: conversation(checked),
        })
    }
}

impl SearchRequest {
    /// Parses a body.
    pub fn parse(body: &Value) -> Result<Self, Invalid> {
        let checked = check(&SEARCH_REQUEST, body)?;
        Ok(Self {
            query: checked.required_text("query")?.to_owned(),
            user_id: checked.text("userId").and_then(UserId::parse),
            kind: checked.text("kind").and_then(ContentKind::from_word),
            limit: checked.integer("limit").unwrap_or(RESULTS_DEFAULT),
        })
    }
}

impl ClientFrame {
    /// Parses a frame's text.
    pub fn parse(text: &str) -> Result<Self, InvalidFrame> {
        let frame = parse(text).map_err(|reason| InvalidFrame { id: None, reason })?;
        if frame == json!({"type": PING}) {
            return Ok(Self::Ping);
        }
        message(&frame).map_err(|reason| InvalidFrame {
            id: echo(&frame),
            reason,
        })
    }
}

fn message(frame: &Value) -> Result<ClientFrame, Invalid> {
    let checked = check(&CHAT_MESSAGE, frame)?;
    Ok(ClientFrame::Message {
        message: checked.required_text("message")?.to_owned(),
        conversation_id: conversation(checked),
        id: checked.text("id").map(str::to_owned),
    })
}

fn conversation(checked: Checked<'_>) -> Option<ConversationId> {
    checked
        .text("conversationId")
        .and_then(ConversationId::parse)
}

/// The `id` of a frame that is wrong elsewhere.
fn echo(frame: &Value) -> Option<String> {
    let field = CHAT_MESSAGE
        .fields
        .iter()
        .find(|field| field.name == "id")?;
    let id = frame.get(field.name)?;
    takes(field.kind, id)
        .then(|| id.as_str().map(str::to_owned))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_defaults_to_ten_results() {
        let request = SearchRequest::parse(&json!({"query": " "})).unwrap();
        assert_eq!(request.limit, 10);
    }

    #[test]
    fn frames_are_pings_or_messages() {
        assert_eq!(
            ClientFrame::parse(r#"{"type":"ping"}"#),
            Ok(ClientFrame::Ping)
        );
        assert!(matches!(
            ClientFrame::parse(r#"{"message":"hi","id":"1"}"#),
            Ok(ClientFrame::Message { id: Some(id), .. }) if id == "1"
        ));
    }

    #[test]
    fn a_wrong_frame_keeps_a_right_id() {
        let id_of = |text| ClientFrame::parse(text).unwrap_err().id;
        assert_eq!(id_of(r#"{"id":"7"}"#).as_deref(), Some("7"));
        assert_eq!(id_of(r#"{"id":"7","type":"pong"}"#).as_deref(), Some("7"));
        assert_eq!(id_of(r#"{"message":"hi","id":""}"#), None);
        assert_eq!(id_of(r#"{"message":"hi","id":3}"#), None);
        assert_eq!(id_of("hello"), None);
        assert_eq!(id_of("[]"), None);
        assert_eq!(id_of(r#"{"type":"ping","x":1}"#), None);
    }
}
