//! `provision apply`: brings the stack to what the template says.

use std::time::Instant;

use anyhow::Context;
use contract::{Exit, Failure};
use deploy_target::{TargetArgs, confirm};

use crate::apply::bootstrap::Bootstrap;
use crate::apply::change_set;
use crate::apply::client::{Client, Request};
use crate::apply::deploy::{self, Survey, Wanted};
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::manifest::Manifest;
use crate::apply::options::Options;
use crate::apply::packages;
use crate::clients::Clients;
use crate::local;
use crate::output::note;

/// Make or update the stack
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    options: Options,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Applies.
///
/// # Errors
/// Where a gate refuses (exit 3), or the stack fails (exit 1, with the first cause).
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let manifest = Manifest::read(&args.options.package)?;
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::default();
    let apply = Apply {
        client,
        journal: &journal,
        args,
        manifest: &manifest,
    };
    let changed = Box::pin(guarded(client, &journal, async {
        let changed = apply.run().await?;
        if clients.target.is_local() {
            Box::pin(local::close_gaps(&clients)).await?;
        } else if changed {
            client.protect(&clients.target.stack, true).await?;
        }
        Ok(changed)
    }))
    .await?;
    let stack = &clients.target.stack;
    let seconds = started.elapsed().as_secs_f64();
    if changed {
        note(&format_args!("{stack} is up to date ({seconds:.1} s)"));
    } else {
        note(&format_args!("{stack}: nothing to change ({seconds:.1} s)"));
    }
    Ok(Exit::Done)
}

struct Apply<'a> {
    client: Client<'a>,
    journal: &'a Journal,
    args: &'a Args,
    manifest: &'a Manifest,
}

impl Apply<'_> {
    /// Returns whether anything changed.
    async fn run(&self) -> anyhow::Result<bool> {
        let client = self.client;
        let survey = Survey::take(client, &self.args.options).await?;
        let place = format!(
            "account {}, {}",
            survey.identity.account,
            client.target().region()
        );
        let bucket = self.bootstrap(&survey.bootstrap, &place).await?;
        let wanted = Wanted::decide(client, &survey, &self.args.options, self.manifest, &bucket)?;
        let sent = packages::upload(client, &bucket, self.manifest).await?;
        if sent > 0 {
            note(&format_args!("{sent} packages uploaded to {bucket}"));
        }
        if let Some(id) = survey.failed() {
            let stack = &client.target().stack;
            let question = format!(
                "{stack} failed to be made. Delete what is left of it ({place})? Tables stay."
            );
            self.ask(question).await?;
            change_set::delete(client, self.journal, id).await?;
        }
        let request = wanted.request(client, &bucket, survey.creates()).await?;
        self.execute(&survey, &request, &place).await
    }

    async fn execute(
        &self,
        survey: &Survey,
        request: &Request,
        place: &str,
    ) -> anyhow::Result<bool> {
        let client = self.client;
        let Some(proposal) = deploy::propose(client, self.journal, survey, request).await? else {
            return Ok(false);
        };
        note(&proposal.plan.brief());
        if let Err(refusal) = self
            .ask(format!("Apply this to {} ({place})?", request.stack))
            .await
        {
            change_set::discard(client, &request.stack, &request.name, request.create).await?;
            return Err(refusal);
        }
        change_set::execute(client, self.journal, &proposal).await?;
        Ok(true)
    }

    /// Makes or updates the bootstrap stack where needed; returns the bucket.
    async fn bootstrap(&self, bootstrap: &Bootstrap, place: &str) -> anyhow::Result<String> {
        let client = self.client;
        let Some(request) = bootstrap.request(client)? else {
            return bucket(bootstrap);
        };
        let verb = if bootstrap.creates() {
            "Make"
        } else {
            "Update"
        };
        self.ask(format!("{verb} {} first ({place})?", request.stack))
            .await?;
        if let Some(id) = bootstrap.failed() {
            change_set::delete(client, self.journal, id).await?;
        }
        if let Some(proposal) = change_set::propose(client, self.journal, &request).await? {
            note(&proposal.plan.brief());
            change_set::execute(client, self.journal, &proposal).await?;
        }
        bucket(&Bootstrap::read(client).await?)
    }

    /// Asks without blocking Ctrl-C.
    async fn ask(&self, question: String) -> anyhow::Result<()> {
        let yes = self.args.yes;
        let asked = tokio::task::spawn_blocking(move || confirm(&question, yes)).await;
        Ok(asked.context("the question was cut short")??)
    }
}

fn bucket(bootstrap: &Bootstrap) -> anyhow::Result<String> {
    let bucket = bootstrap.live_bucket().ok_or_else(|| {
        Failure::new("the bootstrap stack names no artifact bucket")
            .hint("delete the bootstrap stack, then run the same command again")
    })?;
    Ok(bucket.to_owned())
}
