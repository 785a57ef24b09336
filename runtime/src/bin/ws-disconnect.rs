//! FN-5: closes the session of a WebSocket connection.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{System, Tables};
use runtime::handlers::WsDisconnect;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::WsDisconnect, |function| {
        Ok(WsDisconnect {
            sessions: Tables::of(function)?,
            clock: System,
        })
    })
}
