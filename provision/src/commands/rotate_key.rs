//! `provision rotate-key`: a new API key in place of the old one, without downtime.

use std::collections::BTreeMap;

use anyhow::Context;
use contract::{ApiKeys, Exit, outputs, parameters};
use deploy_target::{OrExplain, TargetArgs, confirm};
use serde_json::json;

use crate::apply::client::{Again, Client};
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::{again, change_set, gates};
use crate::clients::Clients;
use crate::output::{note, print};
use crate::platform::Platform;
use crate::rotation::{Step, decide, until_accepted};

/// Put a new API key beside the old one; with --finish, delete the old one
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Delete the old key: clients that still use it are refused
    #[arg(long)]
    finish: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Takes the next step of a rotation.
///
/// # Errors
/// Where it is refused (exit 3), the stack fails, or the new key is not accepted in time.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let journal = Journal::default();
    let rotation = Rotation {
        clients: &clients,
        client: Client::new(&clients),
        journal: &journal,
        args,
    };
    Box::pin(guarded(rotation.client, &journal, rotation.run())).await?;
    Ok(Exit::Done)
}

struct Rotation<'a> {
    clients: &'a Clients,
    client: Client<'a>,
    journal: &'a Journal,
    args: &'a Args,
}

impl Rotation<'_> {
    async fn run(&self) -> anyhow::Result<()> {
        let target = &self.clients.target;
        let platform = Platform::read(self.clients).await?;
        gates::may_start(target, &target.stack, Some(&platform.stack))?;
        let flags = target.flags();
        match decide(target, &platform.stack, self.args.finish)? {
            Step::Begin(keys) => {
                let question = "Make a second API key? The one in use goes on working.";
                self.update(&platform, keys, question).await?;
                self.begun().await?;
            }
            Step::Look => {
                self.accepted(&platform).await?;
                note(&format_args!(
                    "a rotation is under way, and both keys work; the new one again: cargo \
                     provision outputs {flags} --with-key"
                ));
            }
            Step::Finish(keys) => {
                self.accepted(&platform).await?;
                let question = "Delete the old API key? Clients that still use it are refused.";
                self.update(&platform, keys, question).await?;
                note(&"the old key is deleted; the new one works alone");
                return Ok(());
            }
        }
        note(&format_args!(
            "move the clients to the new key, then: cargo provision rotate-key {flags} --finish"
        ));
        Ok(())
    }

    /// Waits for the new key and prints it, this once.
    async fn begun(&self) -> anyhow::Result<()> {
        let platform = Platform::read(self.clients).await?;
        let value = self.accepted(&platform).await?;
        let id = platform.output(outputs::API_KEY_ID)?;
        let previous = platform.output(outputs::PREVIOUS_API_KEY_ID)?;
        let lines = [
            (outputs::API_KEY_ID, id),
            (outputs::PREVIOUS_API_KEY_ID, previous),
            (outputs::API_KEY, &value),
        ];
        if self.args.json {
            let object: BTreeMap<&str, &str> = lines.into();
            return print(&json!(object));
        }
        lines
            .iter()
            .try_for_each(|(name, value)| print(&format_args!("{name}={value}")))
    }

    /// Waits until the newest key is accepted; gives its value.
    async fn accepted(&self, platform: &Platform) -> anyhow::Result<String> {
        let id = platform.output(outputs::API_KEY_ID)?;
        let target = &self.clients.target;
        let call = self.clients.apigateway.get_api_key().api_key(id);
        let answer = call.include_value(true).send().await;
        let key = answer.or_explain(target, "cannot read the new API key")?;
        let value = key.value.unwrap_or_default();
        note(&"waiting until the gateway accepts the new key");
        until_accepted(target, platform.output(outputs::REST_API_URL)?, &value).await?;
        Ok(value)
    }

    /// Changes the stack's parameter, and nothing else.
    async fn update(
        &self,
        platform: &Platform,
        keys: ApiKeys,
        question: &str,
    ) -> anyhow::Result<()> {
        let stack = &platform.stack;
        let changed = BTreeMap::from([(parameters::API_KEYS.to_owned(), keys.value().to_owned())]);
        let wanted = Again {
            stack,
            changed,
            mode: None,
        };
        let proposed = again::propose(self.client, self.journal, &wanted).await?;
        let (name, proposal) = proposed.context("CloudFormation finds nothing to change")?;
        note(&proposal.plan.listing());
        let (text, yes) = (question.to_owned(), self.args.yes);
        let asked = tokio::task::spawn_blocking(move || confirm(&text, yes)).await;
        if let Err(refusal) = asked.context("the question was cut short")? {
            let stack = &self.clients.target.stack;
            change_set::discard(self.client, stack, &name, false).await?;
            return Err(refusal.into());
        }
        change_set::execute(self.client, self.journal, &proposal, false)
            .await
            .map_err(Into::into)
    }
}
