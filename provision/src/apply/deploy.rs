//! The order of a deployment: propose, read what is live, grade. What there is before stands in
//! `survey`, what it shall become in `wanted`.

use std::collections::BTreeMap;

use contract::parameters::MASKED;
use contract::{Failure, Function};

use super::client::{Client, Proposal, Request, TemplateSource};
use super::interrupt::Journal;
use super::manifest::Manifest;
use super::review::Sides;
use super::stack::Standing;
use super::survey::Survey;
use super::wanted::table_id;
use super::{change_set, gates, packages, review};
use crate::plan::Plan;
use crate::plan::document::Resources;

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
        && url.ends_with(&packages::template_name(
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

/// The plan of a stack that is made, with the platforms that are there: a stack that was renamed
/// by mistake is a second, empty platform.
///
/// # Errors
/// Where the region's stacks cannot be listed.
pub async fn beside_others(client: Client<'_>, plan: Plan) -> Result<Plan, Failure> {
    Ok(plan.beside(client.platforms().await?))
}

/// The platforms that are there already, where the stack would be another.
async fn others(client: Client<'_>, survey: &Survey) -> Result<Vec<String>, Failure> {
    if survey.creates() {
        client.platforms().await
    } else {
        Ok(Vec::new())
    }
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
    let read = async {
        let live = review::live_resources(client, survey);
        let code = review::stale_code(client, survey, manifest);
        let others = others(client, survey);
        futures::try_join!(live, code, others)
    };
    let (proposal, read) = futures::join!(proposed, read);
    let proposal = proposal?;
    let (before, stale, others) = match read {
        Ok(read) => read,
        Err(failure) => {
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
        plan.unwrap_or_else(empty).of_new().beside(others)
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
}
