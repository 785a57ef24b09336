//! One module a command: its arguments and its `run`.

pub mod chat;
pub mod content;
pub mod seed;
pub mod smoke;
