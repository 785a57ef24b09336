//! One module a command: its arguments and its `run`.

pub mod archives;
pub mod backup;
pub mod chat;
pub mod content;
pub mod erase_user;
pub mod export_user;
pub mod logs;
pub mod restore;
pub mod schema;
pub mod seed;
pub mod smoke;
pub mod status;
