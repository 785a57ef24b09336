//! The stack's outputs: what clients, operators and the toolkit need to know.

use contract::{KeyHolder, outputs, parameters};

use super::parameters::KeyConditions;
use super::rest_api::RestApi;
use super::usage::Usage;
use super::websocket_api::WebSocketApi;
use crate::cfn::{Expr, Template};

/// Declares them; the page's own are declared with it.
pub(super) fn declare(
    template: &mut Template,
    rest: &RestApi,
    sockets: &WebSocketApi,
    usage: Usage,
) {
    template.output(
        outputs::REST_API_URL,
        "Base URL of the REST API",
        rest.url(),
    );
    template.output(
        outputs::WEB_SOCKET_URL,
        "URL of the WebSocket API",
        sockets.url(),
    );
    template.output(outputs::API_KEY_ID, "Id of the API key", usage.keys.current);
    template.output_if(
        KeyConditions::of(KeyHolder::Operators).rotates,
        outputs::PREVIOUS_API_KEY_ID,
        "Id of the API key that clients move away from",
        usage.keys.previous,
    );
    template.output(outputs::REST_API_ID, "Id of the REST API", &rest.api);
    template.output(
        outputs::WEB_SOCKET_API_ID,
        "Id of the WebSocket API",
        &sockets.api,
    );
    template.output(
        outputs::REST_USAGE_PLAN_ID,
        "REST usage plan",
        usage.rest.plan_id(),
    );
    template.output(
        outputs::WEB_SOCKET_USAGE_PLAN_ID,
        "WebSocket usage plan",
        usage.websocket.plan_id(),
    );
    template.output(
        outputs::PAGE_API_KEY_ID,
        "Id of the page's own API key",
        usage.page_keys.current,
    );
    template.output_if(
        KeyConditions::of(KeyHolder::Page).rotates,
        outputs::PREVIOUS_PAGE_API_KEY_ID,
        "Id of the API key that the page moves away from",
        usage.page_keys.previous,
    );
    template.output(
        outputs::PREFIX,
        "Prefix of names",
        Expr::parameter(parameters::PREFIX),
    );
    template.output(
        outputs::ENVIRONMENT,
        "Environment",
        Expr::parameter(parameters::ENVIRONMENT),
    );
    template.output(
        outputs::MODEL_ID,
        "Inference profile",
        Expr::parameter(parameters::MODEL_ID),
    );
}
