//! `provision rotate-key`: a new API key in place of the old one, without downtime.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use contract::{ApiKeys, Exit, KeyHolder, outputs, page};
use deploy_target::{OrExplain, TargetArgs, confirm};
use serde_json::json;

use crate::apply::client::{Again, Client};
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::{again, change_set, gates, running};
use crate::clients::Clients;
use crate::commands::page::publish;
use crate::output::{note, print};
use crate::page::{Bundle, config};
use crate::platform::Platform;
use crate::rotation::{Step, decide, flags, until_accepted};

/// Put a new API key beside the old one; with --finish, delete the old one
#[derive(clap::Args, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Args {
    /// The page's own key; the page is uploaded with the new one
    #[arg(long)]
    page: bool,

    /// Folder with the page's files
    #[arg(long, value_name = "DIR", default_value = page::DIR, requires = "page")]
    page_files: PathBuf,

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

impl Args {
    /// The command that goes on where this one was.
    fn command(&self) -> String {
        let flags = [(self.page, " --page"), (self.finish, " --finish")];
        let given = flags.into_iter().filter(|(given, _)| *given);
        given.fold("rotate-key".to_owned(), |command, (_, flag)| command + flag)
    }
}

/// Takes the next step of a rotation.
///
/// # Errors
/// Where it is refused (exit 3), the stack fails, or the new key is not accepted in time.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let journal = Journal::of(args.command());
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
    const fn holder(&self) -> KeyHolder {
        if self.args.page {
            KeyHolder::Page
        } else {
            KeyHolder::Operators
        }
    }

    async fn run(&self) -> anyhow::Result<()> {
        let (target, holder) = (&self.clients.target, self.holder());
        let settled = running::settle(self.client, self.journal, &target.stack).await?;
        let platform = Platform::read(self.clients).await?;
        gates::may_start(target, &target.stack, Some(&platform.stack))?;
        let step = decide(target, &platform.stack, holder, (self.args.finish, settled))?;
        self.can_publish(&platform).await?;
        match step {
            Step::Begin(keys) => {
                self.update(&platform, keys, asks(holder).0).await?;
                self.begun().await?;
            }
            Step::Look => {
                self.moved(&platform).await?;
                note(&self.under_way());
            }
            Step::Finish(keys) => {
                self.moved(&platform).await?;
                self.update(&platform, keys, asks(holder).1).await?;
                note(&FINISHED);
                return Ok(());
            }
            Step::Finished => {
                note(&FINISHED);
                return Ok(());
            }
        }
        let who = match holder {
            KeyHolder::Operators => "move the clients to the new key",
            KeyHolder::Page => "pages that are open keep the old key until they are loaded again",
        };
        note(&format_args!(
            "{who}; then: cargo provision rotate-key {} --finish",
            flags(target, holder)
        ));
        Ok(())
    }

    fn under_way(&self) -> String {
        let both = "a rotation is under way, and both keys work";
        match self.holder() {
            KeyHolder::Operators => format!(
                "{both}; the new one again: cargo provision outputs {} --with-key",
                self.clients.target.flags()
            ),
            KeyHolder::Page => both.to_owned(),
        }
    }

    /// Waits for the new key and prints it, this once; the page's goes to the page alone.
    async fn begun(&self) -> anyhow::Result<()> {
        let platform = Platform::read(self.clients).await?;
        let value = self.moved(&platform).await?;
        let names = [self.holder().output(), self.holder().previous_output()];
        let mut lines = Vec::new();
        for name in names {
            lines.push((name, platform.output(name)?));
        }
        if self.holder() == KeyHolder::Operators {
            lines.push((outputs::API_KEY, &value));
        }
        if self.args.json {
            let object: BTreeMap<&str, &str> = lines.into_iter().collect();
            return print(&json!(object));
        }
        lines
            .iter()
            .try_for_each(|(name, value)| print(&format_args!("{name}={value}")))
    }

    /// The hosting app that the page's key is uploaded to, where there is one.
    fn app<'a>(&self, platform: &'a Platform) -> Option<&'a str> {
        let app = platform.outputs().get(outputs::PAGE_APP_ID)?;
        self.args.page.then_some(app)
    }

    /// Sees that the page can be uploaded before anything changes.
    async fn can_publish(&self, platform: &Platform) -> anyhow::Result<()> {
        if self.app(platform).is_some() {
            let told = config(self.clients, platform).await?;
            Bundle::read(&self.args.page_files, &told)?;
        }
        Ok(())
    }

    /// Waits until the newest key is accepted, and gives it to the page where it is the page's.
    async fn moved(&self, platform: &Platform) -> anyhow::Result<String> {
        let value = self.accepted(platform).await?;
        if let Some(app) = self.app(platform) {
            publish(self.clients, platform, app, &self.args.page_files).await?;
        }
        Ok(value)
    }

    /// Waits until the newest key is accepted; gives its value.
    async fn accepted(&self, platform: &Platform) -> anyhow::Result<String> {
        let holder = self.holder();
        let id = platform.output(holder.output())?;
        let target = &self.clients.target;
        let call = self.clients.apigateway.get_api_key().api_key(id);
        let answer = call.include_value(true).send().await;
        let key = answer.or_explain(target, "cannot read the new API key")?;
        let value = key.value.unwrap_or_default();
        note(&"waiting until the gateway accepts the new key");
        let url = platform.output(outputs::REST_API_URL)?;
        until_accepted(target, holder, url, &value).await?;
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
        let changed = BTreeMap::from([(
            self.holder().parameter().to_owned(),
            keys.value().to_owned(),
        )]);
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

const FINISHED: &str = "the old key is deleted; the new one works alone";

/// What is asked before a key is made, and before one is deleted.
const fn asks(holder: KeyHolder) -> (&'static str, &'static str) {
    match holder {
        KeyHolder::Operators => (
            "Make a second API key? The one in use goes on working.",
            "Delete the old API key? Clients that still use it are refused.",
        ),
        KeyHolder::Page => (
            "Make a second API key for the page, and upload the page's files as they are here? The \
             key in use goes on working.",
            "Delete the page's old API key? Pages that were opened with it stop until they are \
             loaded again.",
        ),
    }
}
