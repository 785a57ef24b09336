//! Deliberate mistakes in the real template, each with the grade it has to get.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use super::diff::differences;
use super::document::{Resource, Resources, Scope, resources};
use super::grade::graded;
use super::{Action, Change, Grade, Plan, PropertyChange, Recreation};
use crate::stacks;

fn resolved(document: &Mapping) -> Resources {
    let scope = Scope {
        parameters: BTreeMap::from([
            ("CodeBucket".to_owned(), "artifacts".to_owned()),
            (
                "SearchCodeKey".to_owned(),
                "functions/search/1.zip".to_owned(),
            ),
        ]),
        account: "123456789012".into(),
        region: "us-west-2".into(),
        stack: "SupporterEngagementStack".into(),
    };
    resources(document, &scope)
}

/// What CloudFormation says of two templates: resources, and the names of what differs.
fn change_set(before: &Resources, after: &Resources) -> Plan {
    let ids = before
        .keys()
        .chain(after.keys().filter(|id| !before.contains_key(*id)));
    let changes = ids.filter_map(|id| match (before.get(id), after.get(id)) {
        (None, Some(new)) => Some(Change::new(Action::Add, id, &new.kind)),
        (Some(old), None) => {
            let kept = old
                .attributes
                .get("DeletionPolicy")
                .is_some_and(|policy| policy == "Retain");
            let action = if kept {
                Action::Release
            } else {
                Action::Remove
            };
            Some(Change::new(action, id, &old.kind))
        }
        (Some(old), Some(new)) => modified(id, old, new),
        (None, None) => None,
    });
    Plan::new("SupporterEngagementStack", changes.collect())
}

fn modified(id: &str, old: &Resource, new: &Resource) -> Option<Change> {
    let mut names: Vec<String> = differences(&old.properties, &new.properties)
        .into_iter()
        .chain(differences(&old.attributes, &new.attributes))
        .filter_map(|difference| difference.path.into_iter().next())
        .collect();
    names.dedup();
    let recreates = |name: &str| match name {
        "KeySchema" | "TableName" => Recreation::Always,
        _ => Recreation::Never,
    };
    let properties: Vec<PropertyChange> = names
        .into_iter()
        .map(|path| PropertyChange {
            recreates: recreates(&path),
            path,
            ..PropertyChange::default()
        })
        .collect();
    let replaced = properties
        .iter()
        .any(|part| part.recreates == Recreation::Always);
    let action = if replaced {
        Action::Replace
    } else {
        Action::Change
    };
    let change = Change {
        properties,
        ..Change::new(action, id, &new.kind)
    };
    (!change.properties.is_empty()).then_some(change)
}

/// The plan of making `mistake` in the template.
pub(super) fn plan_of(mistake: impl FnOnce(&mut Value)) -> Plan {
    let good = stacks::platform().document();
    let mut bad = Value::Mapping(good.clone());
    mistake(&mut bad["Resources"]);
    let (before, after) = (resolved(&good), resolved(bad.as_mapping().unwrap()));
    graded(&change_set(&before, &after), &before, &after)
}

pub(super) fn remove(resources: &mut Value, path: &[&str]) {
    let (last, way) = path.split_last().unwrap();
    let parent = way.iter().fold(resources, |value, step| &mut value[*step]);
    assert!(
        parent.as_mapping_mut().unwrap().remove(*last).is_some(),
        "{path:?}"
    );
}

#[test]
fn nothing_changed_is_an_empty_plan() {
    assert!(plan_of(|_| ()).is_empty());
}

#[test]
fn another_key_of_a_table_loses_data() {
    let plan = plan_of(|resources| {
        let table = &mut resources["DonationsTable"]["Properties"];
        table["KeySchema"][1]["AttributeName"] = "donatedAt".into();
        table["AttributeDefinitions"][1]["AttributeName"] = "donatedAt".into();
    });
    assert_eq!(plan.grade, Grade::LosesData);
    insta::assert_snapshot!(plan);
}

#[test]
fn a_table_that_is_taken_out_loses_data_though_it_is_retained() {
    let plan = plan_of(|resources| remove(resources, &["InteractionsTable"]));
    assert_eq!(plan.needs()[0], "--allow-replace InteractionsTable");
    insta::assert_snapshot!(plan);
}

#[test]
fn a_wildcard_action_widens_access() {
    let plan = plan_of(|resources| {
        let policy = &mut resources["SearchRole"]["Properties"]["Policies"][0]["PolicyDocument"];
        policy["Statement"][0]["Action"] = "dynamodb:*".into();
    });
    assert_eq!(plan.grade, Grade::WidensAccess);
    insta::assert_snapshot!(plan);
}

#[test]
fn a_throttle_that_is_gone_widens_access() {
    let plan = plan_of(|resources| {
        remove(resources, &["RestUsagePlan", "Properties", "Throttle"]);
        let settings = &mut resources["RestStage"]["Properties"]["MethodSettings"][0];
        settings
            .as_mapping_mut()
            .unwrap()
            .remove("ThrottlingRateLimit");
    });
    assert_eq!(plan.needs(), ["--allow-widening"]);
    insta::assert_snapshot!(plan);
}

#[test]
fn a_route_that_needs_no_key_any_more_widens_access() {
    let plan = plan_of(|resources| {
        resources["ProfileGetMethod"]["Properties"]["ApiKeyRequired"] = false.into();
        resources["ConnectRoute"]["Properties"]["ApiKeyRequired"] = false.into();
    });
    assert_eq!(plan.grade, Grade::WidensAccess);
    insta::assert_snapshot!(plan);
}

#[test]
fn recovery_switched_off_loses_data() {
    let plan = plan_of(|resources| {
        let recovery =
            &mut resources["UsersTable"]["Properties"]["PointInTimeRecoverySpecification"];
        *recovery = serde_yaml::from_str("{PointInTimeRecoveryEnabled: false}").unwrap();
    });
    assert_eq!(plan.grade, Grade::LosesData);
    insta::assert_snapshot!(plan);
}

#[test]
fn protection_switched_off_loses_data() {
    let plan = plan_of(|resources| {
        resources["UsersTable"]["Properties"]["DeletionProtectionEnabled"] = false.into();
        remove(resources, &["ContextTable", "DeletionPolicy"]);
    });
    assert_eq!(plan.graded(Grade::LosesData).count(), 2, "{plan}");
}

#[test]
fn a_validator_that_is_gone_widens_access() {
    let plan = plan_of(|resources| {
        remove(
            resources,
            &["AgentPostMethod", "Properties", "RequestValidatorId"],
        );
        remove(
            resources,
            &[
                "AgentRequestModel",
                "Properties",
                "Schema",
                "properties",
                "message",
                "maxLength",
            ],
        );
    });
    let wider: Vec<&str> = plan
        .graded(Grade::WidensAccess)
        .map(|change| change.id.as_str())
        .collect();
    assert_eq!(wider, ["AgentPostMethod", "AgentRequestModel"]);
}

#[test]
fn a_public_route_that_is_new_widens_access() {
    let plan = plan_of(|resources| {
        let mut open = resources["SearchPostMethod"].clone();
        open["Properties"]["ApiKeyRequired"] = false.into();
        open["Properties"]["HttpMethod"] = "PUT".into();
        resources["SearchPutMethod"] = open;
    });
    assert_eq!(plan.grade, Grade::WidensAccess, "{plan}");
}

#[test]
fn a_condition_that_is_gone_widens_access() {
    let plan = plan_of(|resources| {
        let policy = &mut resources["PersonalizationAgentRole"]["Properties"]["Policies"][0];
        let statements = policy["PolicyDocument"]["Statement"]
            .as_sequence_mut()
            .unwrap();
        let fenced = statements
            .iter_mut()
            .find(|statement| statement.get("Condition").is_some());
        fenced
            .unwrap()
            .as_mapping_mut()
            .unwrap()
            .remove("Condition");
    });
    assert_eq!(plan.grade, Grade::WidensAccess, "{plan}");
}

#[test]
fn a_renamed_stack_leaves_the_data_behind() {
    let document = stacks::platform().document();
    let plan = crate::apply::wanted::plan_of_new("SupporterEngagmentStack", &document, &[])
        .beside(vec!["SupporterEngagementStack".into()]);
    assert_eq!(plan.grade, Grade::LeavesData);
    insta::assert_snapshot!(plan);
    let markdown = super::markdown::markdown(&plan);
    assert!(
        markdown.contains("**Leaves data behind**: a second"),
        "{markdown}"
    );
}

#[test]
fn new_code_alone_is_safe_and_a_smaller_memory_is_not() {
    let code = plan_of(|resources| {
        resources["SearchFunction"]["Properties"]["Code"]["S3Key"] =
            "functions/search/2.zip".into();
    });
    insta::assert_snapshot!(code);
    let memory = plan_of(|resources| {
        resources["SearchFunction"]["Properties"]["MemorySize"] = 128.into();
    });
    assert_eq!(memory.grade, Grade::Interrupts);
}
