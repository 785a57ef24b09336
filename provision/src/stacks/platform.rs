//! The platform: a line a box, a line an arrow.

use contract::{Source, Target, arrows::ARROWS};

use super::{
    alarms, dashboard, data, functions, outputs, page, parameters, rest_api, usage, websocket_api,
};
use crate::cfn::Template;

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

    outputs::declare(&mut template, &rest, &sockets, usage);
    template
}
