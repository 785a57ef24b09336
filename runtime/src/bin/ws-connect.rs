//! FN-4: authorises a WebSocket handshake and opens the session.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{System, Tables};
use runtime::handlers::WsConnect;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::WsConnect, |function| {
        Ok(WsConnect {
            sessions: Tables::of(function)?,
            clock: System,
        })
    })
}
