//! Seeds, checks and looks after a running platform.
//!
//! `seed` makes sample supporters (pure) and writes them; `smoke` shows the requirements on a
//! running target; `logs` and `status` say what it does. All reach the platform as any client does:
//! the stack's outputs, the service APIs, HTTP and WebSocket. Nothing here knows how the functions
//! or the template are made.

pub mod archive;
pub mod backup;
pub mod chat;
pub mod clients;
pub mod commands;
pub mod erasure;
pub mod item;
pub mod logs;
pub mod output;
pub mod progress;
pub mod restore;
pub mod rights;
pub mod seed;
pub mod smoke;
pub mod stack;
pub mod status;
pub mod wire;
