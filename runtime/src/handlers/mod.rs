//! One handler a function: from the event through the domain to the answer, over ports.
//!
//! Handlers answer every event in the contract's shape, also one that makes no sense: what a
//! function throws would reach the client as it is.

mod answer_out;
mod event;
mod failure;
mod lines;
mod model_failure;
mod relay;
mod respond;
mod within;

mod get_profile;
mod personalization_agent;
mod search;
mod ws_connect;
mod ws_disconnect;
mod ws_message;

#[cfg(test)]
mod any_event;

pub use get_profile::GetProfile;
pub use lines::Lines;
pub use personalization_agent::PersonalizationAgent;
pub use search::Search;
pub use ws_connect::WsConnect;
pub use ws_disconnect::WsDisconnect;
pub use ws_message::WsMessage;

use serde_json::Value;

/// What Lambda says of an invocation besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The id that follows the request through all functions.
    pub request_id: String,
    /// When Lambda ends the invocation, in milliseconds since 1970.
    pub deadline_epoch_ms: i64,
}

/// A function, whole: an event in, an answer out.
pub trait Handle {
    /// Answers `event`, whatever it is.
    fn handle(&self, event: Value, invocation: &Invocation) -> impl Future<Output = Value>;

    /// Whether the answer to `event` goes out as it is made, by [`Handle::stream`].
    fn is_streamed(&self, _event: &Value) -> bool {
        false
    }

    /// Answers `event` line by line. Where nobody takes the lines any more, the work ends.
    fn stream(
        &self,
        event: Value,
        invocation: &Invocation,
        lines: Lines,
    ) -> impl Future<Output = ()> {
        let _ = (event, invocation, lines);
        async {}
    }
}
