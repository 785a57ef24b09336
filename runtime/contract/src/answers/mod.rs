//! Shapes of what the platform answers and sends, as data.
//!
//! The documents under `templates/` are generated from these, and the end-to-end suite holds every
//! real answer and frame against them. Every part is always there: what is absent is `null`.

mod frames;
mod rest;

pub use frames::{FRAMES, Frame};
pub use rest::{AGENT_ANSWER, ERROR, PROFILE_ANSWER, SEARCH_ANSWER, answer_of, problems};

/// File under `templates/` with the REST API's document.
pub const OPENAPI_FILE: &str = "openapi.yaml";

/// File under `templates/` with the WebSocket API's document.
pub const ASYNCAPI_FILE: &str = "asyncapi.yaml";

/// What a part of an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    Text,
    /// Exactly this text.
    Word(&'static str),
    /// An id that a client may send back ([`crate::limits::ID_PATTERN`]).
    Id,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number, zero or more.
    Count,
    /// A whole number of either sign.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `[start, end)`: two counts.
    Range,
    /// Any number of these.
    List(&'static Shape),
    /// An object whose keys are data.
    Map(&'static Shape),
    /// An object of exactly these parts.
    Object(&'static Answer),
    /// This, or `null`.
    OrNull(&'static Shape),
}

/// One part of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The JSON key.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What it means; empty where its name says it.
    pub meaning: &'static str,
}

/// An object of exactly these parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its name in the documents.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its parts, in the order they are written.
    pub parts: &'static [Part],
}

const fn part(name: &'static str, shape: Shape) -> Part {
    Part {
        name,
        shape,
        meaning: "",
    }
}

const fn meaning(name: &'static str, shape: Shape, meaning: &'static str) -> Part {
    Part {
        name,
        shape,
        meaning,
    }
}
