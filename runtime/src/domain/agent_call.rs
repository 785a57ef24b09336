//! How ws-message and the agent function talk: one home for both directions.
//!
//! The call is `{"userId","message","conversationId","deadlineEpochMs","requestId"}`. The agent streams lines
//! of JSON, each ended by a newline:
//!
//! - `{"type":"delta","text"}`, any number: more of the reply. The texts joined are the reply.
//! - `{"type":"done","statusCode":200,"body","retryAfterSeconds":null}`, last: the turn is
//!   written; the body is that of the HTTP contract, with the whole reply.
//! - `{"type":"error","statusCode","body","retryAfterSeconds"}`, last instead: nothing is written;
//!   the body is the HTTP contract's error. It may come after deltas.
//!
//! Where the client has left, another call says so ([`super::abandoned`]).
//!
//! A stream that ends without one of the last two broke. A buffered answer is the last line alone,
//! its `type` or not.

use contract::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Abandoned, ConversationId, Problem, UserId};

/// What ws-message asks of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentCall {
    /// Who asks.
    pub user_id: UserId,
    /// What they say.
    pub message: String,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// By when the caller needs the answer, in milliseconds since 1970.
    pub deadline_epoch_ms: i64,
    /// The id that follows the request.
    pub request_id: String,
}

impl AgentCall {
    /// What says that nobody waits for the answer any more.
    pub fn abandoned(&self) -> Abandoned {
        Abandoned {
            user_id: self.user_id.clone(),
            conversation_id: self.conversation_id.clone(),
            request_id: self.request_id.clone(),
        }
    }
}

/// The body of a completed turn (`POST /agent`, 200).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentReply {
    /// What the agent says.
    pub reply: String,
    /// The conversation it belongs to.
    pub conversation_id: String,
    /// The model that answered.
    pub model: String,
    /// The version of the context that the turn made.
    pub context_version: u64,
    /// Content that may be of use.
    pub recommendations: Vec<Recommendation>,
    /// What it took.
    pub usage: Usage,
    /// From the request to the reply, in milliseconds.
    pub latency_ms: u64,
}

/// A piece of content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recommendation {
    /// The content's id.
    pub id: String,
    /// `article` or `paper`.
    pub kind: String,
    /// Its title.
    pub title: String,
}

/// Tokens of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Of the prompt.
    pub input_tokens: u64,
    /// Of the reply.
    pub output_tokens: u64,
}

/// The agent's answer, in the contract's terms.
pub type AgentAnswer = Result<AgentReply, Problem>;

/// `type` of a line with more of the reply.
pub const DELTA: &str = "delta";
/// `type` of the last line of a completed turn.
pub const DONE: &str = "done";
/// `type` of the last line of a failed one.
pub const ERROR: &str = "error";

/// A line with more of the reply.
pub fn delta_line(text: &str) -> String {
    line(&json!({"type": DELTA, "text": text}))
}

/// The line that ends the stream.
pub fn last_line(answer: &AgentAnswer, request_id: &str) -> String {
    let mut last = to_answer(answer, request_id);
    last["type"] = json!(if answer.is_ok() { DONE } else { ERROR });
    line(&last)
}

fn line(value: &Value) -> String {
    let mut line = value.to_string();
    line.push('\n');
    line
}

/// The answer as it goes back to the caller.
pub fn to_answer(answer: &AgentAnswer, request_id: &str) -> Value {
    match answer {
        Ok(reply) => json!({"statusCode": 200, "body": reply, "retryAfterSeconds": null}),
        Err(problem) => json!({
            "statusCode": problem.code.status(),
            "body": problem.to_body(request_id),
            "retryAfterSeconds": problem.retry_after_seconds,
        }),
    }
}

/// The caller's reading of it; `None` where it is not an answer at all.
pub fn from_answer(answer: &Value) -> Option<AgentAnswer> {
    let body = answer.get("body")?;
    if answer.get("statusCode")?.as_u64()? == 200 {
        return AgentReply::deserialize(body).ok().map(Ok);
    }
    let error = body.get("error")?;
    let code = ErrorCode::from_code(error.get("code")?.as_str()?)?;
    let message = error.get("message")?.as_str()?.to_owned();
    let retry_after = answer.get("retryAfterSeconds").and_then(Value::as_u64);
    Some(Err(Problem::of(code)
        .saying(message)
        .retry_after(retry_after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_writes_the_other_reads() {
        let reply = AgentReply {
            reply: "Hello".into(),
            conversation_id: "c-1".into(),
            context_version: 3,
            ..AgentReply::default()
        };
        let problem = Problem::of(ErrorCode::ModelThrottled).retry_after(Some(5));
        for answer in [Ok(reply), Err(problem)] {
            assert_eq!(from_answer(&to_answer(&answer, "r-1")), Some(answer));
        }
    }

    #[test]
    fn a_reply_has_the_contracts_keys() {
        let body = serde_json::to_string(&AgentReply::default()).unwrap();
        assert_eq!(
            body,
            r#"{"reply":"","conversationId":"","model":"","contextVersion":0,"recommendations":[],"usage":{"inputTokens":0,"outputTokens":0},"latencyMs":0}"#
        );
    }

    #[test]
    fn anything_else_is_no_answer() {
        for other in [
            json!(null),
            json!({"errorType": "Runtime.ExitError"}),
            json!({"statusCode": 200, "body": {}}),
            json!({"statusCode": 500, "body": {"error": {"code": "what", "message": "m"}}}),
        ] {
            assert_eq!(from_answer(&other), None);
        }
    }
}
