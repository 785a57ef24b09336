//! `provision apply`: brings the stack to what the template says.

use std::time::Instant;

use contract::{Exit, Failure, Function};
use deploy_target::TargetArgs;
use serde_json::json;

use super::consent::Consent;
use crate::apply::bootstrap::{self, Bootstrap};
use crate::apply::client::{Client, Request};
use crate::apply::deploy::{self, Reviewed};
use crate::apply::gates::Allowed;
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::manifest::Manifest;
use crate::apply::options::Options;
use crate::apply::previous::Previous;
use crate::apply::review::Sides;
use crate::apply::survey::Survey;
use crate::apply::wanted::Wanted;
use crate::apply::{change_set, packages, running};
use crate::clients::Clients;
use crate::cost::{Prices, Traffic, compared, estimate};
use crate::local;
use crate::output::{note, print};
use crate::page::access;
use crate::plan::document::Resources;
use crate::plan::grade::graded;
use crate::plan::{Action, Plan};

/// Make or update the stack
///
/// Run again after it was interrupted, it goes on where it was.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    options: Options,

    #[command(flatten)]
    allowed: Allowed,

    /// Keep what succeeds where something fails; the next apply goes on from there
    #[arg(long)]
    no_rollback: bool,

    /// Print JSON: the stack, whether it was changed, and what a person is told once
    #[arg(long)]
    json: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// How often the bootstrap stack is tried where other first deployments are making it too.
const ATTEMPTS: usize = 5;

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
    let done = Box::pin(guarded(client, &journal, async {
        let done = apply.run().await?;
        if clients.target.is_local() {
            if done.changed {
                note(&"closing what the local engine leaves open");
            }
            Box::pin(local::close_gaps(&clients)).await?;
        } else if !done.protected {
            client.protect(&clients.target.stack, true).await?;
        }
        Ok(done)
    }))
    .await?;
    let stack = &clients.target.stack;
    let seconds = started.elapsed().as_secs_f64();
    if done.changed {
        note(&format_args!("{stack} is up to date ({seconds:.1} s)"));
    } else {
        note(&format_args!("{stack}: nothing to change ({seconds:.1} s)"));
    }
    if args.json {
        print(&json!({
            "stack": stack, "changed": done.changed, "announcement": done.announcement,
        }))?;
    } else if let Some(announcement) = done.announcement {
        print(&announcement)?;
    }
    Ok(Exit::Done)
}

/// What was done.
struct Done {
    changed: bool,
    /// Whether the stack is known to be protected from deletion.
    protected: bool,
    /// What the person is told, once.
    announcement: Option<String>,
}

struct Apply<'a> {
    client: Client<'a>,
    journal: &'a Journal,
    args: &'a Args,
    manifest: &'a Manifest,
}

impl Apply<'_> {
    async fn run(&self) -> anyhow::Result<Done> {
        let client = self.client;
        running::settle(client, self.journal, &client.target().stack).await?;
        let survey = Survey::take(client, &self.args.options).await?;
        let place = format!(
            "account {}, {}",
            survey.identity.account,
            client.target().region()
        );
        if survey.bootstrap.creates() && !self.args.yes {
            self.show_all(&survey).await?;
        }
        let bucket = self.bootstrap(&place).await?;
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
            self.consent().ask(question).await?;
            change_set::delete(client, self.journal, id).await?;
        }
        let announcement = access::announcement(&wanted.parameters);
        let after = wanted.resources(client, &survey);
        let request = wanted.request(client, &bucket, survey.creates()).await?;
        let wanted = (after, &request);
        let reviewed = deploy::review(client, self.journal, &survey, self.manifest, wanted).await?;
        let changed = !reviewed.plan.is_empty();
        if changed {
            self.execute(&survey, &reviewed, &request, (&bucket, &place))
                .await?;
        }
        let protected = survey.stack.as_ref().is_some_and(|stack| stack.protected);
        Ok(Done {
            changed,
            protected: protected && !survey.creates(),
            announcement: announcement.filter(|_| changed),
        })
    }

    /// Shows what will be made before the first of it is: the bootstrap stack is made on its own.
    async fn show_all(&self, survey: &Survey) -> anyhow::Result<()> {
        let client = self.client;
        // Its name is not known before it is made; no resource hangs on it.
        let bucket = "";
        let wanted = Wanted::decide(client, survey, &self.args.options, self.manifest, bucket)?;
        let plan = wanted.plan_of_new(&client.target().stack);
        note(&deploy::beside_others(client, plan).await?);
        Ok(())
    }

    async fn execute(
        &self,
        survey: &Survey,
        reviewed: &Reviewed,
        request: &Request,
        (bucket, place): (&str, &str),
    ) -> anyhow::Result<()> {
        let client = self.client;
        let keep = self.args.no_rollback || survey.is_paused();
        if let Err(refusal) = self.allows(reviewed, keep, place).await {
            if reviewed.proposal.is_some() {
                change_set::discard(client, &request.stack, &request.name, request.create).await?;
            }
            return Err(refusal);
        }
        let whole = !survey.creates() && !survey.is_paused();
        if let Some(live) = survey.stack.as_ref().filter(|_| whole) {
            Previous::keep(client, bucket, live).await?;
        }
        if let Some(proposal) = &reviewed.proposal {
            if survey.is_paused() {
                note(&"going on, without rollback, from where the last deployment failed");
            }
            change_set::execute(client, self.journal, proposal, keep).await?;
        }
        self.set_code(&reviewed.stale, &survey.prefix, bucket).await
    }

    async fn allows(&self, reviewed: &Reviewed, keep: bool, place: &str) -> anyhow::Result<()> {
        let (plan, consent) = (&reviewed.plan, self.consent());
        may_keep(plan, keep, &self.client.target().flags())?;
        consent.passes(plan)?;
        note(&format_args!("cost: {}", cost(&reviewed.sides)?));
        consent.ask_for(plan, place).await
    }

    fn consent(&self) -> Consent<'_> {
        Consent {
            allowed: &self.args.allowed,
            yes: self.args.yes,
        }
    }

    /// Sets the code that CloudFormation believes to be there already.
    async fn set_code(&self, stale: &[Function], prefix: &str, bucket: &str) -> anyhow::Result<()> {
        for function in stale {
            let Some(package) = self.manifest.packages.get(function) else {
                continue;
            };
            let name = function.physical_name(prefix);
            let key = package.s3_key(*function);
            self.client.set_code(&name, bucket, &key).await?;
            note(&format_args!("{name}: its package runs again"));
        }
        Ok(())
    }

    /// Makes or updates the bootstrap stack where needed; returns the bucket. Two first deployments
    /// may meet here: one makes it, the other waits for that.
    async fn bootstrap(&self, place: &str) -> anyhow::Result<String> {
        let client = self.client;
        let mut asked = false;
        for _ in 0..ATTEMPTS {
            bootstrap::wait(client).await?;
            let state = Bootstrap::read(client).await?;
            let Some(request) = state.request(client)? else {
                return bucket(&state);
            };
            if state.creates() && !asked {
                let question = format!("Make {} first ({place})?", request.stack);
                self.consent().ask(question).await?;
                asked = true;
            }
            let made = self.make_bootstrap(&state, &request, place).await;
            let now = Bootstrap::read(client).await?;
            match made {
                Err(error) if !now.is_taken_care_of() => return Err(error),
                _ if now.is_current() => return bucket(&now),
                _ => {}
            }
        }
        Err(Failure::new("the bootstrap stack changes again and again")
            .hint("others are deploying in this region too; run the same command again")
            .into())
    }

    async fn make_bootstrap(
        &self,
        state: &Bootstrap,
        request: &Request,
        place: &str,
    ) -> anyhow::Result<()> {
        let client = self.client;
        if let Some(id) = state.failed() {
            change_set::delete(client, self.journal, id).await?;
        }
        let sides = state.sides(client).await?;
        if let Some(proposal) = change_set::propose(client, self.journal, request).await? {
            let checked = if state.creates() {
                self.consent().passes(&proposal.plan.clone().of_new())
            } else {
                let plan = graded(&proposal.plan, &sides.before, &sides.after);
                self.consent().to(&plan, place).await
            };
            if let Err(refusal) = checked {
                change_set::discard(client, &request.stack, &request.name, request.create).await?;
                return Err(refusal);
            }
            let keep = state.is_paused();
            change_set::execute(client, self.journal, &proposal, keep).await?;
        }
        Ok(())
    }
}

/// What a month costs before and after, at the default traffic.
fn cost(sides: &Sides) -> anyhow::Result<String> {
    let (traffic, prices) = (Traffic::read(None)?, Prices::bundled()?);
    let cost = |resources: &Resources| estimate(resources, &traffic, &prices);
    let before = (!sides.before.is_empty()).then(|| cost(&sides.before));
    Ok(compared(before.as_ref(), &cost(&sides.after), &prices))
}

/// CloudFormation replaces nothing in an operation without rollback.
///
/// # Errors
/// Exit 3 where the plan would.
fn may_keep(plan: &Plan, keep: bool, flags: &str) -> Result<(), Failure> {
    let replaced: Vec<&str> = plan
        .of(Action::Replace)
        .map(|change| change.id.as_str())
        .collect();
    if !keep || replaced.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "without rollback nothing can be replaced, and this replaces {}",
        replaced.join(", ")
    ))
    .hint(format!(
        "where an earlier deployment failed, first: cargo provision rollback {flags}; then \
         without --no-rollback: cargo provision apply {flags}"
    )))
}

fn bucket(bootstrap: &Bootstrap) -> anyhow::Result<String> {
    let bucket = bootstrap.live_bucket().ok_or_else(|| {
        Failure::new("the bootstrap stack names no artifact bucket")
            .hint("delete the bootstrap stack, then run the same command again")
    })?;
    Ok(bucket.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;

    #[test]
    fn nothing_is_replaced_without_rollback() {
        let replaced = Change::new(Action::Replace, "SearchRole", "AWS::IAM::Role");
        let plan = Plan::new("Blue", vec![replaced]);
        assert!(may_keep(&plan, false, "--local").is_ok());
        let refusal = may_keep(&plan, true, "--local").unwrap_err();
        assert!(refusal.to_string().ends_with("this replaces SearchRole"));
        assert!(may_keep(&Plan::new("Blue", vec![]), true, "--local").is_ok());
    }
}
