//! What every check is given: the stack, clients, URLs, the key, and the throw-away supporters.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_cloudformation::types::StackResourceSummary;
use contract::{Table, outputs};
use deploy_target::{OrExplain, Target};
use tokio::sync::OnceCell;

use super::check::Finding;
use super::compare::present;
use super::secrets::redact;
use crate::clients::Clients;
use crate::stack::Stack;

/// The running platform, as checks see it.
#[derive(Debug)]
pub struct Ctx {
    /// The target.
    pub target: Target,
    /// The service clients.
    pub clients: Clients,
    /// The platform's stack.
    pub stack: Stack,
    pub(super) http: reqwest::Client,
    /// Part of the ids of this run's supporters, so that two runs never meet.
    run: String,
    made: AtomicU32,
    supporters: Mutex<Vec<String>>,
    latencies: Mutex<BTreeMap<String, Vec<Duration>>>,
    key: OnceCell<ApiKey>,
    resources: OnceCell<Vec<StackResourceSummary>>,
}

/// The key's value, which no output ever shows.
#[derive(Clone)]
pub struct ApiKey(pub(super) String);

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl Ctx {
    /// Everything but the target's answers; those are read by the checks that need them.
    pub fn new(target: Target, clients: Clients, stack: Stack, http: reqwest::Client) -> Self {
        let run: String = uuid::Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(8)
            .collect();
        Self {
            target,
            clients,
            stack,
            http,
            run,
            made: AtomicU32::new(0),
            supporters: Mutex::default(),
            latencies: Mutex::default(),
            key: OnceCell::new(),
            resources: OnceCell::new(),
        }
    }

    /// An output of the stack.
    pub fn output(&self, key: &str) -> Result<&str, Finding> {
        Ok(self.stack.output(key)?)
    }

    /// The prefix of the stack's tables, functions, roles and log groups.
    pub fn prefix(&self) -> Result<&str, Finding> {
        self.output(outputs::PREFIX)
    }

    /// A table's name in the account.
    pub fn table(&self, table: Table) -> Result<String, Finding> {
        Ok(table.physical_name(self.prefix()?))
    }

    /// The value of the stack's API key, read once.
    pub async fn key(&self) -> Result<&ApiKey, Finding> {
        let read = async || {
            let id = self.output(outputs::API_KEY_ID)?;
            let answer = self
                .clients
                .apigateway
                .get_api_key()
                .api_key(id)
                .include_value(true);
            let key = answer
                .send()
                .await
                .or_explain(&self.target, "cannot read the API key")?;
            present("the API key's value", key.value).map(ApiKey)
        };
        self.key.get_or_try_init(read).await
    }

    /// The stack's resources, read once.
    pub async fn resources(&self) -> Result<&[StackResourceSummary], Finding> {
        let read = async || {
            let list = self.clients.cloudformation.list_stack_resources();
            let pages = list
                .stack_name(&self.stack.name)
                .into_paginator()
                .items()
                .send();
            let all = pages.collect::<Result<Vec<_>, _>>().await;
            Ok::<_, Finding>(all.or_explain(&self.target, "cannot list the stack's resources")?)
        };
        Ok(self.resources.get_or_try_init(read).await?.as_slice())
    }

    /// What the ids of all supporters of this run begin with.
    pub fn supporter_prefix(&self) -> String {
        format!("smoke-{}", self.run)
    }

    /// A new id for a throw-away supporter, remembered for the clean-up before anything is written.
    pub(super) fn new_supporter(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        // Of one width, so that none is the beginning of another.
        let id = format!("{}-{number:03}", self.supporter_prefix());
        self.list().push(id.clone());
        id
    }

    /// The ids that were given out.
    pub(super) fn supporters(&self) -> Vec<String> {
        self.list().clone()
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        // A list of ids is whole even where a thread panicked while holding it.
        self.supporters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// `text` without secrets, whoever put them there.
    pub fn redact(&self, text: &str) -> String {
        redact(text, self.key.get().map(|ApiKey(key)| key.as_str()))
    }

    /// Remembers how long a client waited for an operation that succeeded.
    pub(super) fn took(&self, operation: &str, time: Duration) {
        let mut latencies = self
            .latencies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        latencies
            .entry(operation.to_owned())
            .or_default()
            .push(time);
    }

    /// How long clients waited, by operation.
    pub fn latencies(&self) -> BTreeMap<String, Vec<Duration>> {
        let latencies = self
            .latencies
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        latencies.clone()
    }
}
