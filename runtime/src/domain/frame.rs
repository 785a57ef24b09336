//! Frames to a client: their JSON, and how long one may be.

use contract::ErrorCode;
use contract::limits::FRAME_MAX_BYTES;
use contract::websocket::frame::{DELTA, DONE, ERROR, PONG, START};
use serde_json::{Value, json};

use super::AgentReply;

/// What `done` holds besides the reply at most: ids, version, recommendations.
const ENVELOPE_MAX_BYTES: usize = 8 * 1024;

/// `{"type":"pong"}`
pub fn pong() -> String {
    json!({"type": PONG}).to_string()
}

/// `{"type":"start","id"}`
pub fn start(id: &str) -> String {
    json!({"type": START, "id": id}).to_string()
}

/// `{"type":"delta","id","text"}`, as many as it takes; the texts joined are the reply.
pub fn deltas(id: &str, reply: &str) -> Vec<String> {
    let delta = |text: &str| json!({"type": DELTA, "id": id, "text": text}).to_string();
    let room = FRAME_MAX_BYTES - delta("").len();
    pieces(reply, room).into_iter().map(delta).collect()
}

/// `{"type":"done","id","reply","conversationId","contextVersion","recommendations"}`
pub fn done(id: &str, reply: &AgentReply) -> String {
    json!({
        "type": DONE,
        "id": id,
        "reply": reply.reply,
        "conversationId": reply.conversation_id,
        "contextVersion": reply.context_version,
        "recommendations": reply.recommendations,
    })
    .to_string()
}

/// `{"type":"error","id"|null,"code","message"}`
pub fn error(id: Option<&str>, code: ErrorCode, message: &str) -> String {
    let id = id.map_or(Value::Null, Value::from);
    json!({"type": ERROR, "id": id, "code": code.code(), "message": message}).to_string()
}

/// As much of `reply` as a `done` frame holds.
pub fn bounded_reply(reply: &str) -> &str {
    let pieces = pieces(reply, FRAME_MAX_BYTES - ENVELOPE_MAX_BYTES);
    pieces.first().copied().unwrap_or_default()
}

/// `text` cut between characters, so that each piece takes `room` bytes at most inside JSON
/// quotes.
fn pieces(text: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        let size = json_bytes(c);
        if used + size > room && at > start {
            pieces.extend(text.get(start..at));
            (start, used) = (at, 0);
        }
        used += size;
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

/// Bytes of `c` inside a JSON string, as `serde_json` writes it.
const fn json_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(frame: &str) -> String {
        let frame: Value = serde_json::from_str(frame).unwrap();
        assert_eq!(frame["type"], "delta");
        frame["text"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_short_reply_is_one_delta() {
        assert_eq!(
            deltas("7", "Hi"),
            [r#"{"type":"delta","id":"7","text":"Hi"}"#]
        );
        assert!(deltas("7", "").is_empty());
    }

    #[test]
    fn frames_are_as_the_contract_has_them() {
        assert_eq!(pong(), r#"{"type":"pong"}"#);
        assert_eq!(start("7"), r#"{"type":"start","id":"7"}"#);
        assert_eq!(
            error(None, ErrorCode::Busy, "m"),
            r#"{"type":"error","id":null,"code":"busy","message":"m"}"#
        );
    }

    #[test]
    fn json_bytes_are_those_of_the_writer() {
        for c in ('\0'..='\u{ff}').chain(['\u{2028}', '\u{fffd}', '🎗']) {
            let written = Value::from(c.to_string()).to_string();
            assert_eq!(json_bytes(c), written.len() - 2, "{c:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn deltas_fit_and_join_to_the_reply(
            reply in proptest::collection::vec(any::<char>(), 0..15_000),
            id in "\\PC{1,64}",
        ) {
            let reply: String = reply.into_iter().collect();
            let frames = deltas(&id, &reply);
            prop_assert!(frames.iter().all(|frame| frame.len() <= FRAME_MAX_BYTES));
            let joined: String = frames.iter().map(|frame| text_of(frame)).collect();
            prop_assert_eq!(joined, reply);
        }

        #[test]
        fn a_bounded_reply_is_a_beginning_that_fits(
            reply in proptest::collection::vec(any::<char>(), 0..15_000),
        ) {
            let reply: String = reply.into_iter().collect();
            let bounded = bounded_reply(&reply);
            prop_assert!(reply.starts_with(bounded));
            prop_assert!(Value::from(bounded).to_string().len() <= FRAME_MAX_BYTES - 6 * 1024);
        }
    }
}
