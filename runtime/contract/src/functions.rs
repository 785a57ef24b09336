//! The six Lambda functions (FN-1 to FN-6).

use std::time::Duration;

/// A Lambda function of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// FN-1: profile, giving and newest context of a supporter.
    GetProfile,
    /// FN-2: answers a message through Bedrock and remembers the turn.
    PersonalizationAgent,
    /// FN-3: searches knowledge articles and research papers.
    Search,
    /// FN-4: authorises a WebSocket handshake and opens the session.
    WsConnect,
    /// FN-5: closes the session.
    WsDisconnect,
    /// FN-6: carries chat messages between a connection and the agent.
    WsMessage,
}

/// The Lambda runtime of every function: an executable on Amazon Linux 2023.
pub const LAMBDA_RUNTIME: &str = "provided.al2023";

/// The handler name of every function; with a custom runtime it only has to be present.
pub const HANDLER: &str = "bootstrap";

impl Function {
    /// All functions, in the order of their requirement ids.
    pub const ALL: [Self; 6] = [
        Self::GetProfile,
        Self::PersonalizationAgent,
        Self::Search,
        Self::WsConnect,
        Self::WsDisconnect,
        Self::WsMessage,
    ];

    /// The name after the prefix; also the name of the binary and of the package.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GetProfile => "get-profile",
            Self::PersonalizationAgent => "personalization-agent",
            Self::Search => "search",
            Self::WsConnect => "ws-connect",
            Self::WsDisconnect => "ws-disconnect",
            Self::WsMessage => "ws-message",
        }
    }

    /// The function called `name`, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|function| function.name() == name)
    }

    /// The stem of the logical ids in the template.
    pub const fn id(self) -> &'static str {
        match self {
            Self::GetProfile => "GetProfile",
            Self::PersonalizationAgent => "PersonalizationAgent",
            Self::Search => "Search",
            Self::WsConnect => "WsConnect",
            Self::WsDisconnect => "WsDisconnect",
            Self::WsMessage => "WsMessage",
        }
    }

    /// The function's (and its role's) name in the account.
    pub fn physical_name(self, prefix: &str) -> String {
        format!("{prefix}-{}", self.name())
    }

    /// The log group Lambda writes the function's logs to.
    pub fn log_group(self, prefix: &str) -> String {
        format!("/aws/lambda/{}", self.physical_name(prefix))
    }

    /// The requirement that asks for the function.
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::GetProfile => "FN-1",
            Self::PersonalizationAgent => "FN-2",
            Self::Search => "FN-3",
            Self::WsConnect => "FN-4",
            Self::WsDisconnect => "FN-5",
            Self::WsMessage => "FN-6",
        }
    }

    /// One sentence for the console and the outline.
    pub const fn description(self) -> &'static str {
        match self {
            Self::GetProfile => "Profile, giving and newest context of a supporter",
            Self::PersonalizationAgent => "Answers a supporter's message through Amazon Bedrock",
            Self::Search => "Searches knowledge articles and research papers",
            Self::WsConnect => "Authorises a WebSocket handshake and opens the session",
            Self::WsDisconnect => "Closes the session of a WebSocket connection",
            Self::WsMessage => "Carries chat messages between a connection and the agent",
        }
    }

    /// Memory in MB.
    pub const fn memory_mb(self) -> u32 {
        match self {
            Self::GetProfile | Self::Search => 512,
            Self::PersonalizationAgent | Self::WsMessage => 1024,
            Self::WsConnect | Self::WsDisconnect => 256,
        }
    }

    /// The time after which Lambda ends an invocation.
    pub const fn timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::GetProfile | Self::Search => 30,
            Self::PersonalizationAgent | Self::WsMessage => 60,
            Self::WsConnect | Self::WsDisconnect => 10,
        })
    }
}
