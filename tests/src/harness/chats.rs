//! Chats through the real ws-message and agent functions, between stand-ins for the model and for
//! the clients, over the tables of an engine.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Function as Name, Table, env, model};
use serde_json::{Value, json};

use super::bedrock::Bedrock;
use super::connections::{Connections, Heard};
use super::faulty::FaultyProxy;
use super::function::Function;
use super::lambda::Lambda;
use super::runtime_api::Answer;
use super::script::Script;
use crate::platform::Platform;

/// Proxies around ws-message.
pub struct Between {
    /// Before the tables.
    pub tables: FaultyProxy,
    /// Before the clients.
    pub clients: FaultyProxy,
}

/// The functions of a chat and what stands around them.
pub struct Chats<'a> {
    platform: &'a Platform<'a>,
    /// The model.
    pub bedrock: Bedrock,
    /// The clients.
    pub connections: Connections,
    messages: Function,
    agent: Function,
    // Serves the agent to ws-message.
    _lambda: Lambda,
}

impl<'a> Chats<'a> {
    /// Starts both functions with so many processes each, over the platform's tables.
    ///
    /// # Errors
    /// Where something cannot be started.
    pub fn start(platform: &'a Platform<'a>, script: Script, instances: usize) -> Result<Self> {
        let clients = Connections::start()?;
        let ways = [platform.endpoint().to_owned(), clients.url()];
        Self::over(platform, clients, ways, script, instances)
    }

    /// The same, with proxies on the way from ws-message to the tables and to the clients.
    ///
    /// # Errors
    /// As [`Chats::start`].
    pub fn start_between(
        platform: &'a Platform<'a>,
        script: Script,
        instances: usize,
    ) -> Result<(Self, Between)> {
        let clients = Connections::start()?;
        let between = Between {
            tables: FaultyProxy::start(platform.endpoint())?,
            clients: FaultyProxy::start(&clients.url())?,
        };
        let ways = [between.tables.url(), between.clients.url()];
        let chats = Self::over(platform, clients, ways, script, instances)?;
        Ok((chats, between))
    }

    fn over(
        platform: &'a Platform<'a>,
        connections: Connections,
        [tables, clients]: [String; 2],
        script: Script,
        instances: usize,
    ) -> Result<Self> {
        let bedrock = Bedrock::playing(script)?;
        let variables = agent_variables(platform, &bedrock);
        let agent = Function::start_instances(Name::PersonalizationAgent, &variables, instances)?;
        let name = Name::PersonalizationAgent.name();
        let lambda = Lambda::start(&[(name, agent.invoker(), agent.timeout())])?;
        let variables = [
            (Table::Sessions.env(), platform.table(Table::Sessions)),
            (env::AGENT_FUNCTION, name.to_owned()),
            (env::CONNECTIONS_ENDPOINT, clients),
            ("AWS_ENDPOINT_URL", tables),
            ("AWS_ENDPOINT_URL_LAMBDA", lambda.url()),
        ];
        let messages = Function::start_instances(Name::WsMessage, &variables, instances)?;
        Ok(Self {
            platform,
            bedrock,
            connections,
            messages,
            agent,
            _lambda: lambda,
        })
    }

    /// Opens a session that ends `lasts` from now, or ended that long ago.
    ///
    /// # Errors
    /// Where the table refuses.
    pub fn open(&self, connection: &str, user: &str, lasts: i64) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let expires_at = i64::try_from(now)? + lasts;
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let put = self
            .platform
            .aws
            .dynamodb
            .put_item()
            .table_name(self.platform.table(Table::Sessions))
            .item("sessionId", text(connection))
            .item("userId", text(user))
            .item("connectedAt", text("2026-01-01T00:00:00.000Z"))
            .item("lastSeenAt", text("2026-01-01T00:00:00.000Z"))
            .item("expiresAt", AttributeValue::N(expires_at.to_string()));
        self.platform.aws.wait(put.send())?;
        Ok(())
    }

    /// Makes a supporter who has nothing but an id and a name.
    ///
    /// # Errors
    /// Where the table refuses.
    pub fn supporter(&self, user: &str) -> Result<()> {
        self.platform.put_supporter(user)
    }

    /// Sends a frame from `connection`, without waiting for what comes of it.
    ///
    /// # Errors
    /// Where the function is gone.
    pub fn begin(&self, connection: &str, frame: &Value) -> Result<Answer> {
        self.begin_within(connection, frame, self.messages.timeout())
    }

    /// The same, with less time than Lambda would give.
    ///
    /// # Errors
    /// Where the function is gone.
    pub fn begin_within(
        &self,
        connection: &str,
        frame: &Value,
        timeout: Duration,
    ) -> Result<Answer> {
        let event = json!({
            "requestContext": { "connectionId": connection, "routeKey": "$default",
                "eventType": "MESSAGE", "requestId": "harness" },
            "body": frame.to_string(), "isBase64Encoded": false,
        });
        self.messages.begin(event, timeout)
    }

    /// Waits until ws-message has ended.
    ///
    /// # Errors
    /// Where it fails, or takes longer than Lambda lets it.
    pub fn wait(&self, answer: Answer) -> Result<()> {
        let margin = Duration::from_secs(5);
        let ended = self
            .messages
            .wait(answer, self.messages.timeout() + margin)
            .with_context(|| self.agent.logged())?;
        anyhow::ensure!(ended == json!({ "statusCode": 200 }), "{ended}");
        Ok(())
    }

    /// Sends a frame and gives all that `connection` has heard when it is answered.
    ///
    /// # Errors
    /// As [`Chats::wait`].
    pub fn say(&self, connection: &str, frame: &Value) -> Result<Vec<Heard>> {
        self.wait(self.begin(connection, frame)?)?;
        Ok(self.connections.heard(connection))
    }

    /// The processes of ws-message and of the agent, the first of each.
    pub fn pids(&self) -> (u32, u32) {
        (self.messages.pid(), self.agent.pid())
    }

    /// What the functions logged.
    pub fn logged(&self) -> String {
        format!("{}\n{}", self.messages.logged(), self.agent.logged())
    }
}

/// What the agent is told, with `bedrock` as its model.
pub fn agent_variables(platform: &Platform, bedrock: &Bedrock) -> Vec<(&'static str, String)> {
    let mut variables: Vec<_> = [Table::Users, Table::Context, Table::Interactions]
        .iter()
        .map(|&table| (table.env(), platform.table(table)))
        .collect();
    variables.extend([
        (env::MODEL_ID, model::DEFAULT_MODEL.to_owned()),
        ("AWS_ENDPOINT_URL", platform.endpoint().to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url()),
    ]);
    variables
}
