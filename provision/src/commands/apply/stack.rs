//! The platform's stack: survey, packages, plan, consent, execution.

use contract::{Failure, Function};

use super::keep::may_keep;
use super::run::Args;
use crate::apply::client::{Client, Request};
use crate::apply::deploy::{self, Reviewed};
use crate::apply::interrupt::Journal;
use crate::apply::manifest::Manifest;
use crate::apply::previous::Previous;
use crate::apply::review::Sides;
use crate::apply::survey::Survey;
use crate::apply::wanted::Wanted;
use crate::apply::{change_set, packages, running};
use crate::commands::consent::Consent;
use crate::cost::{Prices, Traffic, compared, estimate};
use crate::output::note;
use crate::page::access;
use crate::plan::document::Resources;

/// What was done.
pub(super) struct Done {
    pub changed: bool,
    /// Whether the stack itself was, so that there is another deployment to return to.
    pub updated: bool,
    /// Whether the stack is known to be protected from deletion.
    pub protected: bool,
    /// What the person is told, once.
    pub announcement: Option<String>,
}

/// What applying needs.
pub(super) struct Apply<'a> {
    pub client: Client<'a>,
    pub journal: &'a Journal,
    pub args: &'a Args,
    pub manifest: &'a Manifest,
}

impl Apply<'_> {
    pub async fn run(&self) -> anyhow::Result<Done> {
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
        let request = wanted
            .request(client, (&bucket, packages::DEPLOYED), survey.creates())
            .await?;
        let wanted = (after, &request);
        let reviewed = deploy::review(client, self.journal, &survey, self.manifest, wanted).await?;
        let (changed, updated) = (!reviewed.plan.is_empty(), reviewed.proposal.is_some());
        if changed {
            self.execute(&survey, &reviewed, &request, (&bucket, &place))
                .await?;
        }
        let protected = survey.stack.as_ref().is_some_and(|stack| stack.protected);
        Ok(Done {
            changed,
            updated: changed && updated,
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
                self.put_away(request).await?;
            }
            return Err(refusal);
        }
        if let Some(proposal) = &reviewed.proposal {
            let whole = !survey.creates() && !survey.is_paused();
            if let Some(live) = survey.stack.as_ref().filter(|_| whole) {
                let kept = Previous::keep(client, bucket, live).await;
                if let Err(error) = kept {
                    self.put_away(request).await?;
                    return Err(error);
                }
            }
            if survey.is_paused() {
                note(&"going on, without rollback, from where the last deployment failed");
            }
            change_set::execute(client, self.journal, proposal, keep).await?;
            if !survey.creates()
                && let Err(error) = Previous::promote(client, bucket).await
            {
                // The next command that looks for it does this too.
                note(&format_args!(
                    "the deployment before is kept later: {error:#}"
                ));
            }
        }
        self.set_code(&reviewed.stale, &survey.prefix, bucket).await
    }

    /// Nothing was changed; nothing is left behind.
    async fn put_away(&self, request: &Request) -> Result<(), Failure> {
        let Request {
            stack,
            name,
            create,
            ..
        } = request;
        change_set::discard(self.client, stack, name, *create).await
    }

    async fn allows(&self, reviewed: &Reviewed, keep: bool, place: &str) -> anyhow::Result<()> {
        let (plan, consent) = (&reviewed.plan, self.consent());
        may_keep(plan, keep, &self.client.target().flags())?;
        consent.passes(plan)?;
        note(&format_args!("cost: {}", cost(&reviewed.sides)?));
        consent.ask_for(plan, place).await
    }

    pub(super) fn consent(&self) -> Consent<'_> {
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
            self.journal.did(format!("the code of {name} is set"));
            self.client.set_code(&name, bucket, &key).await?;
            note(&format_args!("{name}: its package runs again"));
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
