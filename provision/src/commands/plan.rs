//! `provision plan`: what `apply` would do. Changes nothing.

use contract::{Exit, naming};
use deploy_target::TargetArgs;
use serde_json::json;

use crate::apply::change_set;
use crate::apply::client::Client;
use crate::apply::deploy::{self, Survey, Wanted};
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::manifest::Manifest;
use crate::apply::options::Options;
use crate::clients::Clients;
use crate::commands::page;
use crate::output::{note, print};
use crate::plan::Plan;
use crate::plan::grade::graded;
use crate::plan::markdown::markdown;
use crate::stacks;

/// Show what apply would do, resource by resource
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    options: Options,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Print Markdown, for a comment on a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,

    /// Exit 4 when there are changes
    #[arg(long)]
    exit_code: bool,
}

/// Plans both stacks and prints the plans.
///
/// # Errors
/// Where the target cannot be read, or `apply` would be refused.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let manifest = Manifest::read(&args.options.package)?;
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::default();
    let plans = plans(client, &journal, &args.options, &manifest);
    let plans = Box::pin(guarded(client, &journal, plans)).await?;
    let changes = plans.iter().any(|plan| !plan.is_empty());
    if args.json {
        let grade = plans.iter().map(|plan| plan.grade).max();
        let needs: Vec<String> = plans
            .iter()
            .filter(|plan| !plan.creates)
            .flat_map(Plan::needs)
            .collect();
        print(&json!({ "changes": changes, "grade": grade, "needs": needs, "stacks": plans }))?;
    } else if args.markdown {
        for plan in &plans {
            print(&markdown(plan))?;
        }
    } else {
        for plan in &plans {
            print(plan)?;
        }
    }
    if let Some(page) = page::planned(&clients).await? {
        note(&page);
    }
    Ok(if changes && args.exit_code {
        Exit::Differs
    } else {
        Exit::Done
    })
}

async fn plans(
    client: Client<'_>,
    journal: &Journal,
    options: &Options,
    manifest: &Manifest,
) -> anyhow::Result<Vec<Plan>> {
    let survey = Survey::take(client, options).await?;
    let bootstrap = bootstrap_plan(client, journal, &survey).await?;
    // Where there is no bucket yet, its name is not known; no resource hangs on it.
    let bucket = survey.bootstrap.live_bucket().unwrap_or_default();
    let wanted = Wanted::decide(client, &survey, options, manifest, bucket)?;
    let stack = &client.target().stack;
    if survey.creates() {
        return Ok(vec![bootstrap, wanted.plan_of_new(stack)]);
    }
    let after = wanted.resources(client, &survey);
    let request = wanted.request(client, bucket, false).await?;
    let reviewed = deploy::review(client, journal, &survey, manifest, (after, &request)).await?;
    if reviewed.proposal.is_some() {
        change_set::discard(client, stack, &request.name, false).await?;
    }
    Ok(vec![bootstrap, reviewed.plan])
}

async fn bootstrap_plan(
    client: Client<'_>,
    journal: &Journal,
    survey: &Survey,
) -> anyhow::Result<Plan> {
    let bootstrap = &survey.bootstrap;
    if bootstrap.creates() {
        let document = stacks::bootstrap().document();
        return Ok(deploy::plan_of_new(naming::BOOTSTRAP_STACK, &document, &[]));
    }
    let Some(request) = bootstrap.request(client)? else {
        return Ok(Plan::new(naming::BOOTSTRAP_STACK, Vec::new()));
    };
    let sides = bootstrap.sides(client).await?;
    let proposal = change_set::propose(client, journal, &request).await?;
    change_set::discard(client, &request.stack, &request.name, false).await?;
    let empty = || Plan::new(naming::BOOTSTRAP_STACK, Vec::new());
    Ok(proposal.map_or_else(empty, |proposal| {
        graded(&proposal.plan, &sides.before, &sides.after)
    }))
}
