//! One module a command: its arguments and its `run`.

pub mod seed;
pub mod smoke;
