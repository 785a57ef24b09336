//! Frames that the platform sends over a WebSocket, one JSON object each.

use super::Shape::{Choice, Count, Id, List, Object, OrNull, Text, Word};
use super::rest::RECOMMENDATION;
use super::{Answer, Part, meaning, part};
use crate::websocket::frame::{DELTA, DONE, ERROR, PONG, START};

/// A frame to a client.
pub type Frame = Answer;

const ID: Part = meaning("id", Text, "The message's own `id`, or one that was made.");

/// Every frame, in the order a client may meet them.
pub const FRAMES: [Frame; 5] = [
    Frame {
        name: "Pong",
        meaning: "The answer to a ping; the session lives on.",
        parts: &[part("type", Word(PONG))],
    },
    Frame {
        name: "Start",
        meaning: "A reply begins.",
        parts: &[part("type", Word(START)), ID],
    },
    Frame {
        name: "Delta",
        meaning: "More of the reply; the texts joined are the reply.",
        parts: &[part("type", Word(DELTA)), ID, part("text", Text)],
    },
    Frame {
        name: "Done",
        meaning: "The reply is whole, and the turn is written.",
        parts: &[
            part("type", Word(DONE)),
            ID,
            part("reply", Text),
            part("conversationId", Id),
            meaning(
                "contextVersion",
                Count,
                "The version of the context that the turn made.",
            ),
            part("recommendations", List(&Object(&RECOMMENDATION))),
        ],
    },
    Frame {
        name: "ErrorFrame",
        meaning: "A message failed; the connection stays open.",
        parts: &[
            part("type", Word(ERROR)),
            meaning(
                "id",
                OrNull(&Text),
                "The message's own, where it could be read.",
            ),
            meaning("code", Choice(&CODES), "What a program may branch on."),
            meaning("message", Text, "What a person may read."),
        ],
    },
];

/// The codes of error frames.
const CODES: [&str; 7] = [
    crate::ErrorCode::InvalidMessage.code(),
    crate::ErrorCode::UserNotFound.code(),
    crate::ErrorCode::SessionExpired.code(),
    crate::ErrorCode::Busy.code(),
    crate::ErrorCode::ModelThrottled.code(),
    crate::ErrorCode::ModelTimeout.code(),
    crate::ErrorCode::Internal.code(),
];
