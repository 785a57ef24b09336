//! The WebSocket API: WS-1 to WS-4.

use contract::websocket::{API_KEY_SELECTION, AUTHORIZER, ROUTE_SELECTION, ROUTES, Route};
use contract::{limits, naming};

use super::arns::Names;
use super::report::Check;
use crate::live::{LiveRoute, LiveWebSocket};

/// Compares the API.
pub fn checks(names: &Names, live: &LiveWebSocket) -> Vec<Check> {
    let api = format!("{}-websocket", names.prefix);
    let mut checks = vec![
        Check::new(
            "WS-4",
            &api,
            "finds the key in",
            API_KEY_SELECTION,
            &live.key_selection,
        ),
        Check::new(
            "WS-3",
            &api,
            "chooses routes by",
            ROUTE_SELECTION,
            &live.route_selection,
        ),
    ];
    for route in &ROUTES {
        checks.extend(route_checks(names, route, live.routes.get(route.key)));
    }
    let strange = live
        .routes
        .keys()
        .filter(|key| ROUTES.iter().all(|route| route.key != *key));
    checks.extend(strange.map(|key| Check::new("SEC-1", key, "existence", "not there", "there")));
    checks.extend(stage_checks(&api, live));
    checks
}

fn route_checks(names: &Names, route: &Route, live: Option<&LiveRoute>) -> Vec<Check> {
    let mut checks = vec![Check::exists(route.requirement, route.key, live.is_some())];
    let Some(live) = live else { return checks };
    let shown = |pair: &Option<(String, String)>| {
        pair.as_ref()
            .map_or_else(|| "none".to_owned(), |(kind, uri)| format!("{kind} {uri}"))
    };
    // API Gateway authorises the handshake; what follows on the connection is let through.
    let handshake = route.key == "$connect";
    let answers = format!("AWS_PROXY {}", names.invocation(route.function));
    let authorizer = format!("REQUEST {}", names.invocation(AUTHORIZER));
    let (kind, authorizer) = if handshake {
        ("CUSTOM", authorizer.as_str())
    } else {
        ("NONE", "none")
    };
    checks.extend([
        Check::new(
            route.requirement,
            route.key,
            "answered by",
            answers,
            shown(&live.integration),
        ),
        Check::new(
            "WS-4",
            route.key,
            "API key required",
            handshake,
            live.key_required,
        ),
        Check::new(
            "WS-4",
            route.key,
            "authorization",
            kind,
            &live.authorization,
        ),
        Check::new(
            "WS-4",
            route.key,
            "authorizer",
            authorizer,
            shown(&live.authorizer),
        ),
    ]);
    checks
}

fn stage_checks(api: &str, live: &LiveWebSocket) -> Vec<Check> {
    let name = format!("{api}/{}", naming::STAGE);
    let mut checks = vec![Check::exists("WS-4", &name, live.stage.is_some())];
    let Some(live) = &live.stage else {
        return checks;
    };
    checks.extend([
        Check::new(
            "WS-4",
            &name,
            "frames a second",
            limits::RATE_PER_SECOND,
            live.rate,
        ),
        Check::new("WS-4", &name, "frames at once", limits::BURST, live.burst),
        Check::new("OBS-1", &name, "metrics", true, live.metrics),
        Check::new("OBS-1", &name, "logs whole frames", false, live.data_trace),
        Check::new(
            "OBS-1",
            &name,
            "access log",
            true,
            live.access_log.is_some(),
        ),
    ]);
    checks
}

#[cfg(test)]
mod tests {
    use super::super::arns::tests::names;
    use super::*;
    use crate::live::LiveSocketStage;

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
