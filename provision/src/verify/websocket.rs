//! The WebSocket API: WS-1 to WS-4.

use contract::websocket::{API_KEY_SELECTION, AUTHORIZER, ROUTE_SELECTION, ROUTES, Route};
use contract::{limits, naming};

use super::arns::Names;
use super::report::{Check, Comparisons};
use crate::live::{LiveRoute, LiveSocketStage, LiveWebSocket};

/// Compares the API.
pub fn checks(names: &Names, live: &LiveWebSocket) -> Vec<Check> {
    let api = format!("{}-websocket", names.prefix);
    let mut of = Comparisons::of(&api);
    of.add(
        "WS-4",
        "finds the key in",
        API_KEY_SELECTION,
        &live.key_selection,
    );
    of.add(
        "WS-3",
        "chooses routes by",
        ROUTE_SELECTION,
        &live.route_selection,
    );
    let mut checks = of.done();
    for route in &ROUTES {
        checks.extend(route_checks(names, route, live.routes.get(route.key)));
    }
    for key in live
        .routes
        .keys()
        .filter(|key| ROUTES.iter().all(|route| route.key != *key))
    {
        let mut of = Comparisons::of(key);
        of.add("SEC-1", "existence", "not there", "there");
        checks.extend(of.done());
    }
    checks.extend(stage_checks(&api, live.stage.as_ref()));
    checks
}

fn route_checks(names: &Names, route: &Route, live: Option<&LiveRoute>) -> Vec<Check> {
    let mut of = Comparisons::of(route.key);
    let Some(live) = of.exists(route.requirement, live) else {
        return of.done();
    };
    // API Gateway authorises the handshake; what follows on the connection is let through.
    let handshake = route.key == "$connect";
    let answers = format!("AWS_PROXY {}", names.invocation(route.function));
    let authorizer = format!("REQUEST {}", names.invocation(AUTHORIZER));
    let authorizer = if handshake { authorizer } else { shown(None) };
    let kind = if handshake { "CUSTOM" } else { "NONE" };
    of.add(
        route.requirement,
        "answered by",
        answers,
        shown(live.integration.as_ref()),
    );
    of.add("WS-4", "API key required", handshake, live.key_required);
    of.add("WS-4", "authorization", kind, &live.authorization);
    of.add(
        "WS-4",
        "authorizer",
        authorizer,
        shown(live.authorizer.as_ref()),
    );
    of.done()
}

fn shown(kind_and_uri: Option<&(String, String)>) -> String {
    kind_and_uri.map_or_else(|| "none".to_owned(), |(kind, uri)| format!("{kind} {uri}"))
}

fn stage_checks(api: &str, live: Option<&LiveSocketStage>) -> Vec<Check> {
    let mut of = Comparisons::of(format!("{api}/{}", naming::STAGE));
    let Some(live) = of.exists("WS-4", live) else {
        return of.done();
    };
    of.add(
        "WS-4",
        "frames a second",
        limits::RATE_PER_SECOND,
        live.rate,
    );
    of.add("WS-4", "frames at once", limits::BURST, live.burst);
    of.add("OBS-1", "metrics", true, live.metrics);
    of.add("OBS-1", "logs whole frames", false, live.data_trace);
    of.add("OBS-1", "access log", true, live.access_log.is_some());
    of.done()
}

#[cfg(test)]
mod tests {
    use super::super::arns::tests::names;
    use super::*;

    fn sound() -> LiveWebSocket {
        let names = names();
        let route = |route: &Route| {
            let handshake = route.key == "$connect";
            let live = LiveRoute {
                key_required: handshake,
                authorization: if handshake { "CUSTOM" } else { "NONE" }.into(),
                authorizer: handshake.then(|| ("REQUEST".into(), names.invocation(AUTHORIZER))),
                integration: Some(("AWS_PROXY".into(), names.invocation(route.function))),
            };
            (route.key.to_owned(), live)
        };
        LiveWebSocket {
            route_selection: ROUTE_SELECTION.into(),
            key_selection: API_KEY_SELECTION.into(),
            routes: ROUTES.iter().map(route).collect(),
            stage: Some(LiveSocketStage {
                rate: 100.0,
                burst: 200,
                metrics: true,
                data_trace: false,
                access_log: Some(("arn".into(), "{}".into())),
            }),
        }
    }

    fn findings(live: &LiveWebSocket) -> Vec<String> {
        let checks = checks(&names(), live).into_iter().filter(Check::differs);
        checks
            .map(|check| format!("{} {}: {}", check.requirement, check.resource, check.what))
            .collect()
    }

    #[test]
    fn a_sound_api_has_no_findings() {
        assert_eq!(findings(&sound()), [""; 0]);
    }

    #[test]
    fn an_open_handshake_and_a_missing_route_are_findings() {
        let mut live = sound();
        live.routes.remove("$disconnect");
        let connect = live.routes.get_mut("$connect").unwrap();
        connect.authorizer = None;
        connect.key_required = false;
        assert_eq!(
            findings(&live),
            [
                "WS-4 $connect: API key required",
                "WS-4 $connect: authorizer",
                "WS-2 $disconnect: existence",
            ]
        );
    }
}
