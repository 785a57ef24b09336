//! What a deployment would change: the change set, both templates, and the code that runs.

use std::collections::BTreeMap;

use contract::{Failure, Function};
use serde_yaml::Mapping;

use super::client::{Client, Proposal};
use super::manifest::Manifest;
use super::survey::Survey;
use crate::plan::document::{Resources, Scope, resources};
use crate::plan::grade::graded;
use crate::plan::{Action, Change, Plan, PropertyChange};
use crate::verify::functions::hex_of;

/// Both sides of an update, resolved.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// As it is.
    pub before: Resources,
    /// As it shall be.
    pub after: Resources,
}

/// What a function runs, where that is not its package: SHA-256 in lower-case hex.
pub type StaleCode = BTreeMap<Function, String>;

/// Reads the live template, where the stack can be updated.
///
/// # Errors
/// Where it cannot be read, or is not a template.
pub async fn live_resources(client: Client<'_>, survey: &Survey) -> Result<Resources, Failure> {
    let Some(stack) = survey.stack.as_ref().filter(|_| !survey.creates()) else {
        return Ok(Resources::new());
    };
    let scope = scope(client, survey, stack.parameters.clone());
    of_template(&client.template_of(&stack.id).await?, &stack.id, &scope)
}

/// The resources of a template's text.
///
/// # Errors
/// Where it is neither YAML nor JSON.
pub fn of_template(text: &str, stack: &str, scope: &Scope) -> Result<Resources, Failure> {
    let document: Mapping = serde_yaml::from_str(text).map_err(|error| {
        Failure::new(format!("cannot understand the live template of {stack}"))
            .because(error)
            .hint("it was not made by this program; deploy under another --stack-name")
    })?;
    Ok(resources(&document, scope))
}

/// What the platform's template is resolved with.
pub fn scope(client: Client<'_>, survey: &Survey, parameters: BTreeMap<String, String>) -> Scope {
    Scope {
        parameters,
        account: survey.identity.account.clone(),
        region: client.target().region().to_owned(),
        stack: client.target().stack.clone(),
    }
}

/// Functions that run other code than their package: changed by hand, or on the fast path.
///
/// # Errors
/// Where one cannot be read.
pub async fn stale_code(
    client: Client<'_>,
    survey: &Survey,
    manifest: &Manifest,
) -> Result<StaleCode, Failure> {
    if survey.creates() {
        return Ok(StaleCode::new());
    }
    let reads = manifest
        .packages
        .iter()
        .map(|(&function, package)| async move {
            let live = client
                .code_of(&function.physical_name(&survey.prefix))
                .await?;
            let live = live.map(|sha256| hex_of(&sha256));
            Ok((function, live.filter(|live| *live != package.sha256)))
        });
    let read: Vec<(Function, Option<String>)> = futures::future::try_join_all(reads).await?;
    let stale = |(function, live): (Function, Option<String>)| Some((function, live?));
    Ok(read.into_iter().filter_map(stale).collect())
}

/// The graded plan of an update; `proposal` is `None` where CloudFormation sees no change.
pub fn of_update(
    stack: &str,
    proposal: Option<&Proposal>,
    sides: &Sides,
    stale: &StaleCode,
    manifest: &Manifest,
) -> Plan {
    let plan = proposal.map_or_else(
        || Plan::new(stack, Vec::new()),
        |proposal| proposal.plan.clone(),
    );
    let plan = graded(&plan, &sides.before, &sides.after);
    let mut changes = plan.changes;
    for (&function, live) in &left_to_us(&changes, stale) {
        let package = manifest
            .packages
            .get(&function)
            .map(|package| package.sha256.clone());
        let id = function_id(function);
        let part = PropertyChange {
            path: "CodeSha256".to_owned(),
            before: Some(live.clone().into()),
            after: package.map(Into::into),
            means: "it runs other code than was deployed; the package goes live again".to_owned(),
            ..PropertyChange::default()
        };
        if let Some(change) = changes.iter_mut().find(|change| change.id == id) {
            change.properties.push(part);
            continue;
        }
        let mut change = Change::new(Action::Change, id, "AWS::Lambda::Function");
        change.properties.push(part);
        changes.push(change);
    }
    Plan::new(stack, changes)
}

/// Stale functions whose code CloudFormation does not change: for it, nothing has happened.
pub fn left_to_us(changes: &[Change], stale: &StaleCode) -> StaleCode {
    let by_template = |function: Function| {
        let change = changes
            .iter()
            .find(|change| change.id == function_id(function));
        change.is_some_and(|change| {
            change.action != Action::Change
                || change
                    .properties
                    .iter()
                    .any(|part| part.path.starts_with("Code."))
        })
    };
    let left = stale
        .iter()
        .filter(|&(&function, _)| !by_template(function));
    left.map(|(&function, live)| (function, live.clone()))
        .collect()
}

/// The logical id of a function.
fn function_id(function: Function) -> String {
    format!("{}Function", function.id())
}

#[cfg(test)]
mod tests {
    use super::super::manifest::tests::manifest;
    use super::*;

    #[test]
    fn code_that_differs_is_a_change_though_the_template_is_the_same() {
        let stale = StaleCode::from([(Function::Search, "2".repeat(64))]);
        let plan = of_update("Blue", None, &Sides::default(), &stale, &manifest());
        insta::assert_snapshot!(plan, @r"
        safe
          ~ SearchFunction  AWS::Lambda::Function
              CodeSha256: 2222222222222222222222222222222222222222222222222222222222222222 -> 1111111111111111111111111111111111111111111111111111111111111111: it runs other code than was deployed; the package goes live again
        Blue: 1 to change
        ");
    }

    #[test]
    fn code_that_the_template_changes_is_not_changed_twice() {
        let stale = StaleCode::from([(Function::Search, "2".repeat(64))]);
        let mut change = Change::new(Action::Change, "SearchFunction", "AWS::Lambda::Function");
        change.properties.push(PropertyChange {
            path: "Code.S3Key".into(),
            ..PropertyChange::default()
        });
        assert!(left_to_us(&[change], &stale).is_empty());
        assert_eq!(left_to_us(&[], &stale), stale);
    }
}
