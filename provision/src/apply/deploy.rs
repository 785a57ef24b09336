//! The order of things: survey, packages, tables, change set, gates, execution.

use std::collections::{BTreeMap, BTreeSet};

use contract::parameters::MASKED;
use contract::{Failure, Function, Table};
use futures::{StreamExt, TryStreamExt, stream};

use super::adoption::{self, Found};
use super::bootstrap::Bootstrap;
use super::client::{Client, Identity, Proposal, Request, TemplateSource};
use super::interrupt::Journal;
use super::manifest::Manifest;
use super::options::Options;
use super::parameters::{self, Choices};
use super::review::Sides;
use super::stack::{Event, Stack, Standing};
use super::{change_set, conditions, gates, packages, review, running};
use crate::cfn::limits::S3_BYTES;
use crate::plan::document::{Resources, resources};
use crate::plan::{Action, Change, Plan};
use crate::stacks;

/// What there is before anything is done.
pub struct Survey {
    /// Who we are.
    pub identity: Identity,
    /// The bootstrap stack.
    pub bootstrap: Bootstrap,
    /// The platform's stack.
    pub stack: Option<Stack>,
    /// What can be done with it.
    pub standing: Standing,
    /// Tables of its names that it does not own.
    pub found: Vec<Found>,
    /// Names of tables that its own failed create left behind.
    pub made: BTreeSet<String>,
    /// The prefix of its names.
    pub prefix: String,
}

impl Survey {
    /// Reads it all. Changes nothing.
    ///
    /// # Errors
    /// Where something cannot be read, or no operation may start now.
    pub async fn take(client: Client<'_>, options: &Options) -> anyhow::Result<Self> {
        let target = client.target();
        let identity = client.identity().await?;
        let (bootstrap, stack) = futures::try_join!(Bootstrap::read(client), async {
            Ok(client.stack(&target.stack).await?)
        })?;
        running::refuse(client, &target.stack, stack.as_ref()).await?;
        let standing = gates::may_start(target, &target.stack, stack.as_ref())?;
        // A stack that failed to be made has no say in how the next one is.
        let live = match (&stack, &standing) {
            (Some(stack), standing) if standing.is_updatable() => stack.parameters.clone(),
            _ => BTreeMap::new(),
        };
        let prefix = parameters::prefix(target, options, &live)?;
        let (owned, made) = history(client, stack.as_ref(), &standing).await?;
        let found = outside(client, &prefix, &owned).await?;
        Ok(Self {
            identity,
            bootstrap,
            stack,
            standing,
            found,
            made,
            prefix,
        })
    }

    /// The live parameters; empty unless the stack can be updated.
    pub fn live(&self) -> BTreeMap<String, String> {
        match (&self.stack, &self.standing) {
            (Some(stack), standing) if standing.is_updatable() => stack.parameters.clone(),
            _ => BTreeMap::new(),
        }
    }

    /// Whether the stack has to be made.
    pub fn creates(&self) -> bool {
        !self.standing.is_updatable()
    }

    /// Whether an earlier operation failed without rollback: only one of the same kind may follow.
    pub fn is_paused(&self) -> bool {
        self.standing == Standing::Paused
    }

    /// The ARN of a failed stack that has to go first.
    pub fn failed(&self) -> Option<&str> {
        match (&self.stack, &self.standing) {
            (Some(stack), Standing::FailedCreate | Standing::FailedDelete) => Some(&stack.id),
            _ => None,
        }
    }
}

/// What the stack owns, and the tables that its failed create or deletion left behind.
async fn history(
    client: Client<'_>,
    stack: Option<&Stack>,
    standing: &Standing,
) -> Result<(BTreeSet<String>, BTreeSet<String>), Failure> {
    match (stack, standing) {
        (Some(stack), standing) if standing.is_updatable() => Ok((
            client.owned(&stack.id).await?.into_iter().collect(),
            BTreeSet::new(),
        )),
        (Some(stack), Standing::FailedCreate | Standing::FailedDelete) => {
            let events = client.events_after(&stack.id, None).await?;
            Ok((
                BTreeSet::new(),
                events.into_iter().filter_map(made_table).collect(),
            ))
        }
        _ => Ok((BTreeSet::new(), BTreeSet::new())),
    }
}

fn made_table(event: Event) -> Option<String> {
    let made = matches!(
        event.status.as_str(),
        "CREATE_COMPLETE" | "IMPORT_COMPLETE" | "DELETE_SKIPPED"
    );
    event
        .name
        .filter(|_| made && event.kind == "AWS::DynamoDB::Table")
}

async fn outside(
    client: Client<'_>,
    prefix: &str,
    owned: &BTreeSet<String>,
) -> Result<Vec<Found>, Failure> {
    let strangers = Table::ALL
        .into_iter()
        .filter(|table| !owned.contains(&table.physical_name(prefix)));
    stream::iter(strangers)
        .map(|table| client.table(table, prefix))
        .buffered(Table::ALL.len())
        .try_filter_map(|found| async move { Ok(found) })
        .try_collect()
        .await
}

/// What the platform's stack shall become.
pub struct Wanted {
    /// The template, with the adopted tables' names written out.
    pub document: serde_yaml::Mapping,
    /// The tables that are taken over.
    pub adopted: Vec<Table>,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
}

impl Wanted {
    /// Decides it.
    ///
    /// # Errors
    /// Where tables outside the stack forbid it, or the parameters cannot be decided.
    pub fn decide(
        client: Client<'_>,
        survey: &Survey,
        options: &Options,
        manifest: &Manifest,
        bucket: &str,
    ) -> anyhow::Result<Self> {
        let target = client.target();
        let adopted = adoption::decide(target, &survey.found, options.adopt, &survey.made)?;
        let live = survey.live();
        let choices = Choices {
            target,
            options,
            live: &live,
            manifest,
            bucket,
        };
        let template = stacks::platform();
        // Refuses a template with mistakes before anything is sent.
        let yaml = template.to_yaml()?;
        gates::fits(&target.stack, &template.document(), yaml.len(), S3_BYTES)?;
        Ok(Self {
            document: adoption::with_literal_names(template.document(), &adopted, &survey.prefix),
            adopted,
            parameters: choices.parameters()?,
            tags: parameters::tags(target, &parameters::environment(options, &live)),
        })
    }

    /// What making the stack would do: all that the template declares.
    pub fn plan_of_new(&self, stack: &str) -> Plan {
        let document = conditions::applied(&self.document, &self.parameters);
        plan_of_new(stack, &document, &self.adopted)
    }

    /// Its resources, resolved with its parameters.
    pub fn resources(&self, client: Client<'_>, survey: &Survey) -> Resources {
        let scope = review::scope(client, survey, self.parameters.clone());
        resources(&self.document, &scope)
    }

    /// Puts the template where CloudFormation reads it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn request(
        self,
        client: Client<'_>,
        bucket: &str,
        create: bool,
    ) -> anyhow::Result<Request> {
        let yaml = serde_yaml::to_string(&self.document)?;
        let url = packages::upload_template(client, bucket, yaml).await?;
        Ok(Request {
            stack: client.target().stack.clone(),
            name: Request::new_name(),
            create,
            template: TemplateSource::Url(url),
            parameters: self.parameters,
            tags: self.tags,
            adopt: !self.adopted.is_empty(),
        })
    }
}

/// The plan of a stack that is not there yet, from its template.
pub fn plan_of_new(stack: &str, document: &serde_yaml::Mapping, adopted: &[Table]) -> Plan {
    let adopted: BTreeSet<String> = adopted.iter().map(|table| table_id(*table)).collect();
    let resources = document
        .get("Resources")
        .and_then(serde_yaml::Value::as_mapping);
    let changes = resources
        .into_iter()
        .flatten()
        .filter_map(|(id, resource)| {
            let id = id.as_str()?;
            let action = if adopted.contains(id) {
                Action::Adopt
            } else {
                Action::Add
            };
            Some(Change::new(action, id, resource.get("Type")?.as_str()?))
        });
    Plan::new(stack, changes.collect()).of_new()
}

fn table_id(table: Table) -> String {
    format!("{}Table", table.name())
}

/// Proposes the platform's change set; one that would make a table over another is put away again.
///
/// # Errors
/// Where CloudFormation refuses, or exit 3 where a table would be made over one that exists.
pub async fn propose(
    client: Client<'_>,
    journal: &Journal,
    survey: &Survey,
    request: &Request,
) -> Result<Option<Proposal>, Failure> {
    if is_live(client, survey, request).await? {
        return Ok(None);
    }
    let Some(proposal) = change_set::propose(client, journal, request).await? else {
        return Ok(None);
    };
    let existing = survey
        .found
        .iter()
        .map(|found| table_id(found.table))
        .collect();
    if let Err(refusal) = gates::makes_over_nothing(&proposal.plan, &existing) {
        change_set::discard(client, &request.stack, &request.name, request.create).await?;
        return Err(refusal);
    }
    Ok(Some(proposal))
}

/// Whether the stack was last deployed with just this: then a change set would be empty, and
/// making one would only take its time.
async fn is_live(client: Client<'_>, survey: &Survey, request: &Request) -> Result<bool, Failure> {
    let Some(live) = &survey.stack else {
        return Ok(false);
    };
    let same = survey.standing == Standing::Steady
        && are_live(&request.parameters, &live.parameters)
        && live.tags == request.tags;
    let TemplateSource::Url(url) = &request.template else {
        return Ok(false);
    };
    Ok(same
        && url.ends_with(&packages::template_key(
            &client.template_of(&live.id).await?,
        )))
}

/// Whether these parameters are the live ones. A secret is live as a mask; where it is sent as a
/// mask too, or not used, it stays as it is.
fn are_live(wanted: &BTreeMap<String, String>, live: &BTreeMap<String, String>) -> bool {
    let same = |name: &String, value: &String| match live.get(name) {
        Some(live) if live == MASKED => value == MASKED || value.is_empty(),
        live => live == Some(value),
    };
    wanted.len() == live.len() && wanted.iter().all(|(name, value)| same(name, value))
}

/// The plan of a stack that is made, with a word on those that are there: a stack that was renamed
/// by mistake is a second, empty platform.
///
/// # Errors
/// Where the region's stacks cannot be listed.
pub async fn beside_others(client: Client<'_>, mut plan: Plan) -> Result<Plan, Failure> {
    let others = client.siblings().await?;
    if !others.is_empty() {
        plan.notes.push(format!(
            "this makes a new platform, with empty tables, beside {}; to change one of those, \
             name it: --stack-name",
            others.join(", ")
        ));
    }
    Ok(plan)
}

/// What a deployment would do, all told.
pub struct Reviewed {
    /// The change set; `None` where CloudFormation sees nothing to change.
    pub proposal: Option<Proposal>,
    /// The graded plan.
    pub plan: Plan,
    /// Functions whose code we set ourselves, since CloudFormation thinks it is what it was.
    pub stale: Vec<Function>,
    /// Both sides of the change.
    pub sides: Sides,
}

/// Proposes the change set, and meanwhile reads what is live; then grades what would change.
///
/// # Errors
/// As [`propose`], or where the live template or code cannot be read.
pub async fn review(
    client: Client<'_>,
    journal: &Journal,
    survey: &Survey,
    manifest: &Manifest,
    (after, request): (Resources, &Request),
) -> Result<Reviewed, Failure> {
    let proposed = propose(client, journal, survey, request);
    let live = review::live_resources(client, survey);
    let code = review::stale_code(client, survey, manifest);
    let (proposal, before, stale) = futures::join!(proposed, live, code);
    let proposal = proposal?;
    let (before, stale) = match (before, stale) {
        (Ok(before), Ok(stale)) => (before, stale),
        (Err(failure), _) | (_, Err(failure)) => {
            if proposal.is_some() {
                change_set::discard(client, &request.stack, &request.name, request.create).await?;
            }
            return Err(failure);
        }
    };
    let sides = Sides { before, after };
    let plan = if survey.creates() {
        let empty = || Plan::new(&request.stack, Vec::new());
        let plan = proposal.as_ref().map(|proposal| proposal.plan.clone());
        beside_others(client, plan.unwrap_or_else(empty).of_new()).await?
    } else {
        review::of_update(&request.stack, proposal.as_ref(), &sides, &stale, manifest)
    };
    let stale = review::left_to_us(&plan.changes, &stale)
        .into_keys()
        .collect();
    Ok(Reviewed {
        proposal,
        plan,
        stale,
        sides,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_of_a_new_stack_is_its_template_with_the_adopted_tables_taken_over() {
        let document =
            adoption::with_literal_names(stacks::platform().document(), &[Table::Users], "Blue");
        let name = |id: &str| document["Resources"][id]["Properties"]["TableName"].clone();
        assert_eq!(name("UsersTable"), "Blue-Users");
        assert!(name("ContextTable").is_mapping(), "others stay expressions");

        let plan = plan_of_new("Blue", &document, &[Table::Users]);
        let adopted: Vec<&str> = plan
            .of(Action::Adopt)
            .map(|change| change.id.as_str())
            .collect();
        assert_eq!(adopted, ["UsersTable"]);
        let tables = plan
            .of(Action::Add)
            .filter(|change| change.kind.ends_with("::Table"));
        assert_eq!(tables.count(), Table::ALL.len() - 1);
    }

    #[test]
    fn only_the_very_parameters_are_live() {
        let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
            pairs.iter().map(owned).collect()
        };
        let live = of(&[("A", "1"), ("Secret", MASKED)]);
        assert!(are_live(&of(&[("A", "1"), ("Secret", MASKED)]), &live));
        assert!(are_live(&of(&[("A", "1"), ("Secret", "")]), &live));
        assert!(!are_live(&of(&[("A", "1"), ("Secret", "new")]), &live));
        assert!(!are_live(&of(&[("A", "2"), ("Secret", MASKED)]), &live));
        assert!(!are_live(&of(&[("A", "1")]), &live));
    }

    #[test]
    fn a_failed_create_tells_which_tables_it_made() {
        let event = |kind: &str, status: &str| Event {
            kind: kind.into(),
            status: status.into(),
            name: Some("Blue-Users".into()),
            ..Event::default()
        };
        let table = "AWS::DynamoDB::Table";
        assert_eq!(
            made_table(event(table, "CREATE_COMPLETE")).as_deref(),
            Some("Blue-Users")
        );
        assert_eq!(made_table(event(table, "CREATE_FAILED")), None);
        assert_eq!(made_table(event("AWS::IAM::Role", "CREATE_COMPLETE")), None);
    }
}
