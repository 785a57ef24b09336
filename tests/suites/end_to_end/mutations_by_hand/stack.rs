//! The stack, and its roles.

use anyhow::{Context, Result};
use aws_sdk_cloudformation::types::{Capability, Parameter, StackStatus, Tag};
use contract::{Function, naming, outputs};
use platform_tests::platform::Platform;
use platform_tests::poll;
use serde_yaml::{Mapping, Value};

/// Lets search ask any model.
pub fn widen_bedrock_rights(platform: &Platform) -> Result<()> {
    let policy = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*"}]}"#;
    let put = platform
        .aws
        .iam
        .put_role_policy()
        .policy_name("by-hand")
        .policy_document(policy);
    platform
        .aws
        .wait(put.role_name(platform.function(Function::Search)).send())?;
    Ok(())
}

/// Updates the stack to have no alarm, and another project's tag.
pub fn update_without_alarms_and_tag(platform: &Platform) -> Result<()> {
    let tag = Tag::builder()
        .key(naming::PROJECT_TAG)
        .value("AnotherProject");
    update_stack(platform, Some(tag.build()), |_| {})
}

/// Updates the stack to say another prefix than its resources have.
pub fn update_with_another_prefix(platform: &Platform) -> Result<()> {
    update_stack(platform, None, |template| {
        template["Outputs"][outputs::PREFIX]["Value"] = "Another".into();
    })
}

/// Updates the stack to its template as changed, less the alarms, the dashboard that shows them, and
/// permissions.
fn update_stack(
    platform: &Platform,
    tag: Option<Tag>,
    change: impl FnOnce(&mut Value),
) -> Result<()> {
    let cloudformation = &platform.aws.cloudformation;
    let stack = platform.stack();
    let read = platform
        .aws
        .wait(cloudformation.get_template().stack_name(stack).send())?;
    let mut template: Value = serde_yaml::from_str(read.template_body().context("no template")?)?;
    if let Some(resources) = template["Resources"].as_mapping_mut() {
        resources.retain(|id, _| {
            let id = id.as_str().unwrap_or_default();
            !["Alarm", "Dashboard", "Permission"]
                .iter()
                .any(|it| id.ends_with(it))
        });
    }
    change(&mut template);
    let names = template["Parameters"]
        .as_mapping()
        .into_iter()
        .flat_map(Mapping::keys);
    let parameters = names
        .map(|name| {
            let kept = Parameter::builder().set_parameter_key(name.as_str().map(str::to_owned));
            kept.use_previous_value(true).build()
        })
        .collect();
    let update = cloudformation
        .update_stack()
        .stack_name(stack)
        .template_url(platform.upload("by-hand", &serde_yaml::to_string(&template)?)?)
        .set_parameters(Some(parameters))
        .capabilities(Capability::CapabilityNamedIam)
        .set_tags(tag.map(|tag| vec![tag]));
    platform.aws.wait(update.send())?;
    let done = || {
        let describe = cloudformation.describe_stacks().stack_name(stack).send();
        let stacks = platform.aws.wait(describe).ok();
        let status = stacks.and_then(|stacks| stacks.stacks().first()?.stack_status().cloned());
        status == Some(StackStatus::UpdateComplete)
    };
    anyhow::ensure!(
        poll::until(poll::PATIENCE, done),
        "the update did not end well"
    );
    Ok(())
}
