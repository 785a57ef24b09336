//! FN-6: carries chat messages between a connection and the agent.

use std::process::ExitCode;

use contract::Function;
use runtime::adapters::{AgentFunction, Connections, System, Tables};
use runtime::handlers::WsMessage;
use runtime::lambda;

fn main() -> ExitCode {
    lambda::serve(Function::WsMessage, |function| {
        Ok(WsMessage {
            sessions: Tables::of(function)?,
            agent: AgentFunction::from_env()?,
            connections: Connections::from_env()?,
            clock: System,
        })
    })
}
