//! The platform: a line a box, a line an arrow.

use contract::{KeyHolder, Source, Target, arrows::ARROWS, outputs, parameters as parameter};

use super::parameters::KeyConditions;
use super::{alarms, dashboard, data, functions, page, parameters, rest_api, usage, websocket_api};
use crate::cfn::{Expr, Template};

/// The template of the platform's stack.
pub fn platform() -> Template {
    let mut template = Template::new("Supporter Engagement Platform");
    parameters::declare(&mut template);

    let tables = data::tables(&mut template);
    let sockets = websocket_api::api(&mut template);
    let functions = functions::functions(&mut template, &tables, &sockets);
    let rest = rest_api::api(&mut template, &functions);
    let socket_stage = websocket_api::routes(&mut template, &sockets, &functions);
    for arrow in ARROWS {
        if let (Source::RestApi, Target::Function(function)) = (arrow.from, arrow.to) {
            rest_api::permit(&mut template, &rest, function, &functions);
        }
        if let (Source::WebSocketApi, Target::Function(function)) = (arrow.from, arrow.to) {
            websocket_api::permit(&mut template, &sockets, function, &functions);
        }
    }
    let usage = usage::plans(&mut template, &rest, &sockets, &socket_stage);
    let alarms = alarms::alarms(&mut template, &sockets);
    dashboard::dashboard(&mut template, &sockets, &alarms);
    page::page(&mut template, &rest, &sockets);

    let from_parameter = |name| Expr::parameter(name);
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
        from_parameter(parameter::PREFIX),
    );
    template.output(
        outputs::ENVIRONMENT,
        "Environment",
        from_parameter(parameter::ENVIRONMENT),
    );
    template.output(
        outputs::MODEL_ID,
        "Inference profile",
        from_parameter(parameter::MODEL_ID),
    );
    template
}
