//! A chat over the WebSocket API, as a client has it (WS-1 to WS-3).
//!
//! The loop owns when to connect, send, ping and give up; the view owns what is printed. Neither
//! knows the other's part, and neither sends a message twice.

mod advice;
mod backoff;
mod conversation;
mod input;
mod link;
mod view;

#[cfg(test)]
mod tests;

pub use conversation::{Chat, Ended, Patience};
pub use input::{Input, from_stdin};
pub use link::Address;
pub use view::{Style, View};
