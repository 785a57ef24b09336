//! Ways to break a platform, through the service APIs.

use anyhow::{Context, Result};
use aws_sdk_apigateway::types::{GatewayResponseType, Op, PatchOperation};
use aws_sdk_apigatewayv2::types::{AuthorizationType, RouteSettings};
use aws_sdk_cloudformation::types::{Capability, Parameter, StackStatus, Tag};
use aws_sdk_dynamodb::types::{
    PointInTimeRecoverySpecification, SseSpecification, TimeToLiveSpecification,
};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, LogFormat, LoggingConfig};
use contract::naming::STAGE;
use contract::{Function, Table, artifact, naming, outputs};
use platform_tests::platform::Platform;
use platform_tests::{poll, program};
use serde_yaml::{Mapping, Value};
use std::path::Path;
use std::time::Duration;

/// Gives a function another value in one of its variables.
pub fn set_variable(
    platform: &Platform,
    function: Function,
    name: &str,
    value: &str,
) -> Result<()> {
    let lambda = &platform.aws.lambda;
    let function = platform.function(function);
    let read = lambda.get_function_configuration().function_name(&function);
    let live = platform.aws.wait(read.send())?;
    let mut variables = live
        .environment
        .and_then(|environment| environment.variables)
        .unwrap_or_default();
    variables.insert(name.to_owned(), value.to_owned());
    let environment = Environment::builder()
        .set_variables(Some(variables))
        .build();
    let update = lambda
        .update_function_configuration()
        .function_name(&function);
    platform.aws.wait(update.environment(environment).send())?;
    Ok(())
}

/// Gives a function the code of another.
pub fn replace_code(platform: &Platform, function: Function, other: Function) -> Result<()> {
    let package = Path::new(&program::packages()?).join(artifact::file_name(other));
    let zip = std::fs::read(&package).with_context(|| package.display().to_string())?;
    let update = platform.aws.lambda.update_function_code();
    let update = update
        .function_name(platform.function(function))
        .zip_file(Blob::new(zip));
    platform.aws.wait(update.send())?;
    Ok(())
}

/// Gives every function more memory.
pub fn change_memory(platform: &Platform) -> Result<()> {
    for function in Function::ALL {
        let update = platform.aws.lambda.update_function_configuration();
        let update = update
            .function_name(platform.function(function))
            .memory_size(2048);
        platform.aws.wait(update.send())?;
    }
    Ok(())
}

/// Lets a function log plain text.
pub fn log_plain_text(platform: &Platform) -> Result<()> {
    let logging = LoggingConfig::builder().log_format(LogFormat::Text).build();
    let update = platform.aws.lambda.update_function_configuration();
    let update = update.function_name(platform.function(Function::Search));
    platform.aws.wait(update.logging_config(logging).send())?;
    Ok(())
}

/// Deletes the REST API's request validators.
pub fn drop_validators(platform: &Platform) -> Result<()> {
    let api = platform.output(outputs::REST_API_ID);
    let apigateway = &platform.aws.apigateway;
    let validators = platform
        .aws
        .wait(apigateway.get_request_validators().rest_api_id(api).send())?;
    for validator in validators.items() {
        let delete = apigateway.delete_request_validator().rest_api_id(api);
        let delete = delete.set_request_validator_id(validator.id.clone());
        platform.aws.wait(delete.send())?;
    }
    Ok(())
}

/// Lets the gateway word its refusals itself, without CORS.
pub fn drop_gateway_response(platform: &Platform) -> Result<()> {
    let delete = platform.aws.apigateway.delete_gateway_response();
    let delete = delete.rest_api_id(platform.output(outputs::REST_API_ID));
    platform
        .aws
        .wait(delete.response_type(GatewayResponseType::Default4Xx).send())?;
    Ok(())
}

/// Changes the stage's rate limit.
pub fn change_stage_throttle(platform: &Platform) -> Result<()> {
    patch_stage(platform, "/*/*/throttling/rateLimit", "7")
}

/// Lets everything through the stage.
pub fn open_stage_throttle(platform: &Platform) -> Result<()> {
    patch_stage(platform, "/*/*/throttling/rateLimit", "100000")?;
    patch_stage(platform, "/*/*/throttling/burstLimit", "100000")
}

/// Lets sessions stay for ever.
pub fn switch_expiry_off(platform: &Platform) -> Result<()> {
    let off = TimeToLiveSpecification::builder()
        .attribute_name(Table::Sessions.ttl_attribute().unwrap_or_default())
        .enabled(false)
        .build()?;
    let update = platform.aws.dynamodb.update_time_to_live();
    let update = update.table_name(platform.table(Table::Sessions));
    platform
        .aws
        .wait(update.time_to_live_specification(off).send())?;
    Ok(())
}

/// Switches the stage's metrics off.
pub fn switch_metrics_off(platform: &Platform) -> Result<()> {
    patch_stage(platform, "/*/*/metrics/enabled", "false")
}

fn patch_stage(platform: &Platform, path: &str, value: &str) -> Result<()> {
    let change = PatchOperation::builder()
        .op(Op::Replace)
        .path(path)
        .value(value)
        .build();
    let update = platform.aws.apigateway.update_stage().stage_name(STAGE);
    let update = update.rest_api_id(platform.output(outputs::REST_API_ID));
    platform.aws.wait(update.patch_operations(change).send())?;
    Ok(())
}

/// Lets anybody read profiles: a method that asks for no key.
pub fn open_a_method(platform: &Platform) -> Result<()> {
    let api = platform.output(outputs::REST_API_ID);
    let apigateway = &platform.aws.apigateway;
    let profile = resource(platform, "/profile")?;
    let get = apigateway.get_method().rest_api_id(api).http_method("GET");
    let live = platform.aws.wait(get.resource_id(&profile).send())?;
    let put = apigateway.put_method().rest_api_id(api).http_method("GET");
    let put = put.resource_id(&profile).authorization_type("NONE");
    platform.aws.wait(put.api_key_required(false).send())?;
    // A method that is put again starts without an integration.
    let integration = live.method_integration.context("no integration")?;
    let put = apigateway.put_integration().rest_api_id(api);
    let put = put.resource_id(&profile).http_method("GET");
    let put = put.set_type(integration.r#type).set_uri(integration.uri);
    platform
        .aws
        .wait(put.integration_http_method("POST").send())?;
    Ok(())
}

/// The id of the REST API's resource at `path`.
fn resource(platform: &Platform, path: &str) -> Result<String> {
    let api = platform.output(outputs::REST_API_ID);
    let list = platform.aws.apigateway.get_resources().rest_api_id(api);
    let resources = platform.aws.wait(list.limit(500).send())?;
    let mut found = resources.items.unwrap_or_default().into_iter();
    let found = found.find(|resource| resource.path() == Some(path));
    found
        .and_then(|resource| resource.id)
        .with_context(|| format!("no resource {path}"))
}

/// Takes a path's preflight away.
pub fn drop_preflight(platform: &Platform) -> Result<()> {
    let delete = platform.aws.apigateway.delete_method();
    let delete = delete
        .rest_api_id(platform.output(outputs::REST_API_ID))
        .resource_id(resource(platform, "/agent")?)
        .http_method("OPTIONS");
    platform.aws.wait(delete.send())?;
    Ok(())
}

/// Hides the refusal of a key from pages of other origins than one. Gateway responses are what was
/// deployed, so the API is deployed again.
pub fn hide_refused_keys(platform: &Platform) -> Result<()> {
    let api = platform.output(outputs::REST_API_ID);
    let apigateway = &platform.aws.apigateway;
    let put = apigateway
        .put_gateway_response()
        .rest_api_id(api)
        .response_type(GatewayResponseType::InvalidApiKey)
        .status_code("403")
        .response_parameters(
            "gatewayresponse.header.Access-Control-Allow-Origin",
            "'https://example.org'",
        );
    platform.aws.wait(put.send())?;
    let deploy = apigateway.create_deployment().rest_api_id(api);
    platform.aws.wait(deploy.stage_name(STAGE).send())?;
    Ok(())
}

/// Takes the REST plan's throttle away.
pub fn drop_plan_throttle(platform: &Platform) -> Result<()> {
    let change = PatchOperation::builder().op(Op::Remove).path("/throttle");
    let update = platform.aws.apigateway.update_usage_plan();
    let update = update.usage_plan_id(platform.output(outputs::REST_USAGE_PLAN_ID));
    platform
        .aws
        .wait(update.patch_operations(change.build()).send())?;
    Ok(())
}

/// Changes the rate limit of the WebSocket API's stage.
pub fn change_socket_throttle(platform: &Platform) -> Result<()> {
    let settings = RouteSettings::builder()
        .throttling_rate_limit(7.0)
        .throttling_burst_limit(200);
    let update = platform.aws.apigatewayv2.update_stage().stage_name(STAGE);
    let update = update.api_id(platform.output(outputs::WEB_SOCKET_API_ID));
    platform
        .aws
        .wait(update.default_route_settings(settings.build()).send())?;
    Ok(())
}

/// Lets handshakes in without a key, and without the authorizer that asks for one.
pub fn open_the_handshake(platform: &Platform) -> Result<()> {
    let api = platform.output(outputs::WEB_SOCKET_API_ID);
    let apigateway = &platform.aws.apigatewayv2;
    let routes = platform
        .aws
        .wait(apigateway.get_routes().api_id(api).send())?;
    let mut routes = routes.items.unwrap_or_default().into_iter();
    let connect = routes.find(|route| route.route_key() == Some("$connect"));
    let update = apigateway
        .update_route()
        .api_id(api)
        .set_route_id(connect.context("no $connect")?.route_id)
        .authorization_type(AuthorizationType::None)
        .api_key_required(false);
    platform.aws.wait(update.send())?;
    Ok(())
}

/// Takes the key out of both usage plans.
pub fn take_key_out_of_plans(platform: &Platform) -> Result<()> {
    for plan in [
        outputs::REST_USAGE_PLAN_ID,
        outputs::WEB_SOCKET_USAGE_PLAN_ID,
    ] {
        let delete = platform.aws.apigateway.delete_usage_plan_key();
        let delete = delete.usage_plan_id(platform.output(plan));
        platform
            .aws
            .wait(delete.key_id(platform.output(outputs::API_KEY_ID)).send())?;
    }
    Ok(())
}

/// Deletes every table.
pub fn drop_tables(platform: &Platform) -> Result<()> {
    let dynamodb = &platform.aws.dynamodb;
    for table in Table::ALL.map(|table| platform.table(table)) {
        let update = dynamodb
            .update_table()
            .table_name(&table)
            .deletion_protection_enabled(false);
        platform.aws.wait(update.send())?;
        platform
            .aws
            .wait(dynamodb.delete_table().table_name(&table).send())?;
    }
    Ok(())
}

/// Switches a table's encryption with the AWS-managed key off.
pub fn switch_encryption_off(platform: &Platform) -> Result<()> {
    let update = platform
        .aws
        .dynamodb
        .update_table()
        .table_name(platform.table(Table::Users));
    let off = SseSpecification::builder().enabled(false).build();
    platform.aws.wait(update.sse_specification(off).send())?;
    Ok(())
}

/// Switches a table's point-in-time recovery off.
pub fn switch_recovery_off(platform: &Platform) -> Result<()> {
    let update = platform.aws.dynamodb.update_continuous_backups();
    let off = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(false)
        .build()?;
    let update = update.table_name(platform.table(Table::Donations));
    platform
        .aws
        .wait(update.point_in_time_recovery_specification(off).send())?;
    Ok(())
}

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
        poll::until(Duration::from_secs(30), done),
        "the update did not end well"
    );
    Ok(())
}
