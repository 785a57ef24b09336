//! A change set's changes, in our own types.

use aws_sdk_cloudformation::types::{
    self, ChangeAction, PolicyAction, Replacement, RequiresRecreation,
};

use crate::plan::{Action, Change, PropertyChange, Recreation};

/// As CloudFormation says it: not compared, not graded.
pub(super) fn change(live: types::ResourceChange) -> Change {
    let mut properties: Vec<PropertyChange> =
        live.details.iter().flatten().filter_map(property).collect();
    properties.sort_by(|a, b| (&a.path, &a.cause).cmp(&(&b.path, &b.cause)));
    properties.dedup();
    Change {
        name: live.physical_resource_id.clone(),
        properties,
        ..Change::new(
            action(&live),
            live.logical_resource_id.unwrap_or_default(),
            live.resource_type.unwrap_or_default(),
        )
    }
}

fn property(detail: &types::ResourceChangeDetail) -> Option<PropertyChange> {
    let target = detail.target.as_ref()?;
    let attribute = || Some(target.attribute.as_ref()?.as_str().to_owned());
    let recreates = match &target.requires_recreation {
        Some(RequiresRecreation::Always) => Recreation::Always,
        Some(RequiresRecreation::Never) | None => Recreation::Never,
        Some(_) => Recreation::Maybe,
    };
    Some(PropertyChange {
        path: target.name.clone().or_else(attribute)?,
        recreates,
        cause: detail.causing_entity.clone(),
        ..PropertyChange::default()
    })
}

fn action(live: &types::ResourceChange) -> Action {
    match (&live.action, &live.replacement, &live.policy_action) {
        (Some(ChangeAction::Add), ..) => Action::Add,
        (Some(ChangeAction::Import), ..) => Action::Adopt,
        (Some(ChangeAction::Remove), _, Some(PolicyAction::Retain)) => Action::Release,
        (Some(ChangeAction::Remove), ..) => Action::Remove,
        (Some(ChangeAction::Modify), Some(Replacement::True), _) => Action::Replace,
        (Some(ChangeAction::Modify), Some(Replacement::Conditional), _)
        | (Some(ChangeAction::Dynamic), ..) => Action::MayReplace,
        (Some(ChangeAction::Modify), Some(Replacement::False) | None, _)
        | (Some(ChangeAction::SyncWithActual), ..) => Action::Change,
        // Also a replacement that nobody listed: `MayReplace` settles as a change where no property
        // asks for more.
        _ => Action::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{
        ResourceAttribute, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition,
    };

    use super::*;

    fn detail(attribute: ResourceAttribute, name: Option<&str>) -> ResourceChangeDetail {
        let target = ResourceTargetDefinition::builder()
            .attribute(attribute)
            .set_name(name.map(Into::into))
            .build();
        ResourceChangeDetail::builder().target(target).build()
    }

    #[test]
    fn an_answer_becomes_a_plan() {
        let function = ResourceChange::builder()
            .action(ChangeAction::Modify)
            .replacement(Replacement::False)
            .logical_resource_id("SearchFunction")
            .resource_type("AWS::Lambda::Function")
            .physical_resource_id("SupporterEngagement-search")
            .details(detail(ResourceAttribute::Properties, Some("Code")))
            .details(detail(ResourceAttribute::Properties, Some("Code")))
            .details(detail(ResourceAttribute::Tags, None))
            .build();
        let gone = ResourceChange::builder()
            .action(ChangeAction::Remove)
            .policy_action(PolicyAction::Retain)
            .logical_resource_id("OldTable")
            .resource_type("AWS::DynamoDB::Table")
            .build();
        let newer = ResourceChange::builder()
            .action(ChangeAction::from("Newer"))
            .logical_resource_id("X")
            .resource_type("Y")
            .build();
        let odd = ResourceChange::builder()
            .action(ChangeAction::Modify)
            .replacement(Replacement::from("Newer"))
            .logical_resource_id("UsersTable")
            .resource_type("AWS::DynamoDB::Table")
            .build();
        let changes = [function, gone, newer, odd].map(change);
        let told = changes.map(|change| {
            let paths: Vec<String> = change
                .properties
                .iter()
                .map(|part| part.path.clone())
                .collect();
            format!("{:?} {} {}", change.action, change.id, paths.join(", "))
        });
        assert_eq!(
            told,
            [
                "Change SearchFunction Code, Tags",
                "Release OldTable ",
                "Unknown X ",
                "Unknown UsersTable ",
            ]
        );
    }
}
