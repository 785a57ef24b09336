//! The REST API.

use anyhow::{Context, Result};
use aws_sdk_apigateway::types::{GatewayResponseType, Op, PatchOperation};
use contract::naming::STAGE;
use contract::outputs;
use platform_tests::platform::Platform;

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

/// Lets little through the stage.
pub fn tighten_stage_throttle(platform: &Platform) -> Result<()> {
    patch_stage(platform, "/*/*/throttling/rateLimit", "5")?;
    patch_stage(platform, "/*/*/throttling/burstLimit", "20")
}

/// Lets everything through the stage.
pub fn open_stage_throttle(platform: &Platform) -> Result<()> {
    patch_stage(platform, "/*/*/throttling/rateLimit", "100000")?;
    patch_stage(platform, "/*/*/throttling/burstLimit", "100000")
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
