//! `provision plan`: what `apply` would do. Changes nothing.

use std::path::PathBuf;

use contract::{Exit, naming};
use deploy_target::TargetArgs;
use serde_json::json;

use crate::apply::client::Client;
use crate::apply::deploy;
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::manifest::Manifest;
use crate::apply::options::Options;
use crate::apply::review::Sides;
use crate::apply::survey::Survey;
use crate::apply::wanted::{self, Wanted};
use crate::apply::{change_set, packages};
use crate::clients::Clients;
use crate::commands::page;
use crate::cost::{Estimate, LEFT_OUT, Prices, Traffic, compared, estimate};
use crate::output::{note, print};
use crate::plan::Plan;
use crate::plan::document::Resources;
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

    /// How much the platform is used, for the cost [default: a mid-sized charity; see `cost`]
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
}

/// What would change, and what a month costs before and after.
struct Planned {
    plans: Vec<Plan>,
    before: Option<Estimate>,
    after: Estimate,
}

/// Plans both stacks and prints the plans.
///
/// # Errors
/// Where the target cannot be read, or `apply` would be refused.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let manifest = Manifest::read(&args.options.package)?;
    let (traffic, prices) = (Traffic::read(args.traffic.as_deref())?, Prices::bundled()?);
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::of("plan");
    let plans = plans(client, &journal, &args.options, &manifest);
    let (plans, sides) = Box::pin(guarded(client, &journal, plans)).await?;
    let cost = |resources: &Resources| estimate(resources, &traffic, &prices);
    let planned = Planned {
        before: (!sides.before.is_empty()).then(|| cost(&sides.before)),
        after: cost(&sides.after),
        plans,
    };
    let changes = planned.plans.iter().any(|plan| !plan.is_empty());
    show(args, &planned, &prices)?;
    match page::planned(&clients).await {
        Ok(page) => page.iter().for_each(note),
        // Who only plans may not read the page's key, which its files hold.
        Err(error) => note(&format_args!(
            "whether the page would change is not known: {error:#}"
        )),
    }
    Ok(if changes && args.exit_code {
        Exit::Differs
    } else {
        Exit::Done
    })
}

fn show(args: &Args, planned: &Planned, prices: &Prices) -> anyhow::Result<()> {
    let Planned {
        plans,
        before,
        after,
    } = planned;
    if args.json {
        let needs: Vec<String> = plans.iter().flat_map(Plan::needs).collect();
        return print(&json!({
            "changes": plans.iter().any(|plan| !plan.is_empty()),
            "grade": plans.iter().map(|plan| plan.grade).max(),
            "needs": needs,
            "stacks": plans,
            "cost": {
                "before": before, "after": after, "leftOut": LEFT_OUT,
                "prices": prices.json(),
            },
        }));
    }
    for plan in plans {
        if args.markdown {
            print(&markdown(plan))?;
        } else {
            print(plan)?;
        }
    }
    print(&format_args!(
        "cost: {}",
        compared(before.as_ref(), after, prices)
    ))
}

async fn plans(
    client: Client<'_>,
    journal: &Journal,
    options: &Options,
    manifest: &Manifest,
) -> anyhow::Result<(Vec<Plan>, Sides)> {
    let survey = Survey::take(client, options).await?;
    let bootstrap = bootstrap_plan(client, journal, &survey).await?;
    // Where there is no bucket yet, its name is not known; no resource hangs on it.
    let bucket = survey.bootstrap.live_bucket().unwrap_or_default();
    let wanted = Wanted::decide(client, &survey, options, manifest, bucket)?;
    let stack = &client.target().stack;
    let after = wanted.resources(client, &survey);
    if survey.creates() {
        let plan = deploy::beside_others(client, wanted.plan_of_new(stack)).await?;
        let before = Resources::new();
        return Ok((vec![bootstrap, plan], Sides { before, after }));
    }
    let request = wanted
        .request(client, (bucket, packages::PLANNED), false)
        .await?;
    let reviewed = deploy::review(client, journal, &survey, manifest, (after, &request)).await?;
    if reviewed.proposal.is_some() {
        change_set::discard(client, stack, &request.name, false).await?;
    }
    Ok((vec![bootstrap, reviewed.plan], reviewed.sides))
}

async fn bootstrap_plan(
    client: Client<'_>,
    journal: &Journal,
    survey: &Survey,
) -> anyhow::Result<Plan> {
    let bootstrap = &survey.bootstrap;
    if bootstrap.creates() {
        let document = stacks::bootstrap().document();
        return Ok(wanted::plan_of_new(naming::BOOTSTRAP_STACK, &document, &[]));
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
