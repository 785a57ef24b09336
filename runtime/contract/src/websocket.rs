//! The routes and frames of the WebSocket API (WS-1 to WS-4).

use crate::Function;

/// A route of the WebSocket API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The requirement it fulfils.
    pub requirement: &'static str,
    /// Route key.
    pub key: &'static str,
    /// Stem of the logical ids.
    pub id: &'static str,
    /// Who answers.
    pub function: Function,
}

/// Every route of the WebSocket API.
pub const ROUTES: [Route; 3] = [
    Route {
        requirement: "WS-1",
        key: "$connect",
        id: "Connect",
        function: Function::WsConnect,
    },
    Route {
        requirement: "WS-2",
        key: "$disconnect",
        id: "Disconnect",
        function: Function::WsDisconnect,
    },
    Route {
        requirement: "WS-3",
        key: "$default",
        id: "Default",
        function: Function::WsMessage,
    },
];

/// The function that also serves as the handshake's REQUEST authorizer.
pub const AUTHORIZER: Function = Function::WsConnect;

/// Query parameter that names the supporter.
pub const USER_ID_PARAMETER: &str = "userId";

/// Query parameter that carries the key, for browsers, which cannot set headers on a WebSocket.
pub const API_KEY_PARAMETER: &str = "apiKey";

/// Where API Gateway finds the key that the authorizer returned.
pub const API_KEY_SELECTION: &str = "$context.authorizer.usageIdentifierKey";

/// How API Gateway chooses a route from a frame; no frame has such a key, so all go to `$default`.
pub const ROUTE_SELECTION: &str = "$request.body.action";

/// `type` of the frames, in either direction.
pub mod frame {
    /// Client to server: keeps the session.
    pub const PING: &str = "ping";
    /// Answer to [`PING`].
    pub const PONG: &str = "pong";
    /// A reply begins.
    pub const START: &str = "start";
    /// A part of the reply.
    pub const DELTA: &str = "delta";
    /// The reply is whole.
    pub const DONE: &str = "done";
    /// A message failed; the connection stays open.
    pub const ERROR: &str = "error";
}
