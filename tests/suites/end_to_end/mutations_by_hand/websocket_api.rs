//! The WebSocket API.

use anyhow::{Context, Result};
use aws_sdk_apigatewayv2::types::{AuthorizationType, RouteSettings};
use contract::naming::STAGE;
use contract::outputs;
use platform_tests::platform::Platform;

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
