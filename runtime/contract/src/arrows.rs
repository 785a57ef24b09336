//! The arrows of the architecture: who calls what, and with which verbs.
//!
//! Each arrow is an invocation, an environment variable and a grant at once; nothing else may
//! exist. Roles, permissions, variables and the picture are derived from [`ARROWS`].

use crate::env;
use crate::{Function, Table};

/// Where an arrow starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The REST API.
    RestApi,
    /// The WebSocket API.
    WebSocketApi,
    /// A function.
    Function(Function),
}

/// Where an arrow ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A function.
    Function(Function),
    /// A table.
    Table(Table),
    /// The configured model on Amazon Bedrock.
    Model,
    /// The open connections of the WebSocket API.
    Connections,
    /// The function's own log group.
    OwnLogGroup,
}

impl Target {
    /// The environment variable that tells a function where this target is; for its own log group,
    /// which Lambda knows, what supporters' ids are hashed with there.
    pub const fn env(self) -> Option<&'static str> {
        match self {
            Self::Table(table) => Some(table.env()),
            Self::Model => Some(env::MODEL_ID),
            Self::Connections => Some(env::CONNECTIONS_ENDPOINT),
            Self::Function(_) => Some(env::AGENT_FUNCTION),
            Self::OwnLogGroup => Some(env::LOG_HASH_KEY),
        }
    }
}

/// What an arrow does to its target. How a verb becomes IAM actions is a table in `provision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// Read one item by key.
    Get,
    /// Read the items of one partition.
    Query,
    /// Write a whole item.
    Put,
    /// Change attributes of one item.
    Update,
    /// Remove one item.
    Delete,
    /// Condition a transaction on an item that it does not change.
    Check,
    /// Call a function and wait for the answer.
    Invoke,
    /// Ask the model for a whole answer (Converse).
    Converse,
    /// Ask the model for an answer as it is made (`ConverseStream`).
    ConverseStream,
    /// Send a frame to an open connection.
    Post,
    /// Create log streams and write events.
    Log,
}

/// One arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Who calls.
    pub from: Source,
    /// What is called.
    pub to: Target,
    /// How, in the order of [`Verb`].
    pub verbs: &'static [Verb],
}

const fn api(from: Source, function: Function) -> Arrow {
    Arrow {
        from,
        to: Target::Function(function),
        verbs: &[Verb::Invoke],
    }
}

const fn table(from: Function, to: Table, verbs: &'static [Verb]) -> Arrow {
    Arrow {
        from: Source::Function(from),
        to: Target::Table(to),
        verbs,
    }
}

const fn other(from: Function, to: Target, verbs: &'static [Verb]) -> Arrow {
    Arrow {
        from: Source::Function(from),
        to,
        verbs,
    }
}

const fn logs(from: Function) -> Arrow {
    other(from, Target::OwnLogGroup, &[Verb::Log])
}

/// Every arrow of the platform.
pub const ARROWS: &[Arrow] = &[
    api(Source::RestApi, Function::GetProfile),
    api(Source::RestApi, Function::PersonalizationAgent),
    api(Source::RestApi, Function::Search),
    api(Source::WebSocketApi, Function::WsConnect),
    api(Source::WebSocketApi, Function::WsDisconnect),
    api(Source::WebSocketApi, Function::WsMessage),
    table(Function::GetProfile, Table::Users, &[Verb::Get]),
    table(Function::GetProfile, Table::Donations, &[Verb::Query]),
    table(Function::GetProfile, Table::Context, &[Verb::Query]),
    logs(Function::GetProfile),
    table(
        Function::PersonalizationAgent,
        Table::Users,
        &[Verb::Get, Verb::Check],
    ),
    table(
        Function::PersonalizationAgent,
        Table::Context,
        &[Verb::Query, Verb::Put],
    ),
    table(
        Function::PersonalizationAgent,
        Table::Interactions,
        &[Verb::Query, Verb::Put],
    ),
    other(
        Function::PersonalizationAgent,
        Target::Model,
        &[Verb::Converse, Verb::ConverseStream],
    ),
    logs(Function::PersonalizationAgent),
    table(Function::Search, Table::Users, &[Verb::Get]),
    table(Function::Search, Table::Context, &[Verb::Query]),
    logs(Function::Search),
    table(Function::WsConnect, Table::Sessions, &[Verb::Put]),
    logs(Function::WsConnect),
    table(Function::WsDisconnect, Table::Sessions, &[Verb::Delete]),
    logs(Function::WsDisconnect),
    // The lease's conditional update tells all that ws-message needs to know of a session.
    table(Function::WsMessage, Table::Sessions, &[Verb::Update]),
    other(
        Function::WsMessage,
        Target::Function(Function::PersonalizationAgent),
        &[Verb::Invoke],
    ),
    other(Function::WsMessage, Target::Connections, &[Verb::Post]),
    logs(Function::WsMessage),
];

/// The arrows that start at `function`, in declared order.
pub fn arrows_from(function: Function) -> impl Iterator<Item = &'static Arrow> {
    ARROWS
        .iter()
        .filter(move |arrow| arrow.from == Source::Function(function))
}
