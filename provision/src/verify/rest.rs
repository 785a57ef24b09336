//! The REST API: REST-1 to REST-9, OBS-1.

use std::collections::BTreeSet;

use contract::rest::{ALLOW_ORIGIN, GATEWAY_RESPONSES, GatewayResponse, Input, ROUTES, Route};
use contract::{limits, naming};

use super::arns::Names;
use super::report::{Check, Comparisons};
use crate::live::{GatewayAnswer, LiveMethod, LiveRest, LiveStage};
use crate::local::validates;

/// Compares the API. `full_logging` is the deployer's choice.
pub fn checks(names: &Names, full_logging: bool, live: &LiveRest) -> Vec<Check> {
    let api = format!("{}-rest", names.prefix);
    let mut checks: Vec<Check> = ROUTES
        .iter()
        .flat_map(|route| route_checks(route, names, find(live, route.path, route.method.as_str())))
        .collect();
    let paths: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    for path in &paths {
        checks.extend(preflight_checks(path, find(live, path, "OPTIONS")));
    }
    checks.extend(strangers(live, &paths));
    let mut of = Comparisons::of(&api);
    for response in &GATEWAY_RESPONSES {
        compare_answer(&mut of, response, live.answers.get(response.kind));
    }
    checks.extend(of.done());
    checks.extend(stage_checks(&api, full_logging, live.stage.as_ref()));
    checks
}

fn find<'a>(live: &'a LiveRest, path: &str, method: &str) -> Option<&'a LiveMethod> {
    live.methods
        .iter()
        .find(|live| live.path == path && live.method == method)
}

fn route_checks(route: &Route, names: &Names, live: Option<&LiveMethod>) -> Vec<Check> {
    let id = route.requirement;
    let mut of = Comparisons::of(format!("{} {}", route.method.as_str(), route.path));
    let Some(live) = of.exists(id, live) else {
        return of.done();
    };
    let (required, model) = match route.input {
        Input::Query(name) => (format!("method.request.querystring.{name}"), ""),
        Input::Path(name) => (format!("method.request.path.{name}"), ""),
        Input::Body(object) => (String::new(), object.name),
    };
    let integration = live.integration.as_deref().unwrap_or_default();
    of.add(
        id,
        "answered by",
        names.invocation(route.function),
        integration,
    );
    of.add(
        "REST-5",
        "validates",
        validation(validates(route)),
        validation(live.validates),
    );
    of.add(
        "REST-5",
        "required parameters",
        required,
        live.required.join(", "),
    );
    of.add(
        "REST-5",
        "body model",
        model,
        live.model.as_deref().unwrap_or_default(),
    );
    of.add("REST-8", "API key required", true, live.key_required);
    of.done()
}

const fn validation((body, parameters): (bool, bool)) -> &'static str {
    match (body, parameters) {
        (true, true) => "body and parameters",
        (true, false) => "body",
        (false, true) => "parameters",
        (false, false) => "nothing",
    }
}

fn preflight_checks(path: &str, live: Option<&LiveMethod>) -> Vec<Check> {
    let mut of = Comparisons::of(format!("OPTIONS {path}"));
    if let Some(live) = of.exists("REST-6", live) {
        of.add("REST-6", "API key required", false, live.key_required);
    }
    of.done()
}

/// Methods that no route declares.
fn strangers(live: &LiveRest, paths: &BTreeSet<&str>) -> Vec<Check> {
    let known = |method: &LiveMethod| {
        (method.method == "OPTIONS" && paths.contains(method.path.as_str()))
            || ROUTES
                .iter()
                .any(|route| route.path == method.path && route.method.as_str() == method.method)
    };
    let strange = live.methods.iter().filter(|method| !known(method));
    let check = |method: &LiveMethod| {
        let mut of = Comparisons::of(format!("{} {}", method.method, method.path));
        of.add("SEC-1", "existence", "not there", "there");
        of.done()
    };
    strange.flat_map(check).collect()
}

fn compare_answer(of: &mut Comparisons, response: &GatewayResponse, live: Option<&GatewayAnswer>) {
    let what = |what: &str| format!("gateway response {}: {what}", response.kind);
    let Some(live) = live else {
        of.add("REST-6", what("existence"), "there", "missing");
        return;
    };
    let origin = live
        .headers
        .get("gatewayresponse.header.Access-Control-Allow-Origin");
    let origin = origin.map(String::as_str).unwrap_or_default();
    let code = error_code(live.body.as_deref());
    of.add(
        "REST-6",
        what("allowed origin"),
        format!("'{ALLOW_ORIGIN}'"),
        origin,
    );
    of.add("REST-6", what("error code"), response.code.code(), code);
    if let Some(status) = response.status {
        of.add(
            "REST-6",
            what("status"),
            status,
            live.status.as_deref().unwrap_or_default(),
        );
    }
}

/// The code in a body template, which is JSON once its variables are filled in.
fn error_code(body: Option<&str>) -> String {
    let body = body.unwrap_or_default();
    let code = body
        .split("\"code\":")
        .nth(1)
        .and_then(|rest| rest.split('"').nth(1));
    code.unwrap_or(body).to_owned()
}

fn stage_checks(api: &str, full_logging: bool, live: Option<&LiveStage>) -> Vec<Check> {
    let mut of = Comparisons::of(format!("{api}/{}", naming::STAGE));
    let Some(live) = of.exists("REST-7", live) else {
        return of.done();
    };
    let level = if full_logging { "INFO" } else { "ERROR" };
    of.add(
        "REST-7",
        "requests a second",
        limits::RATE_PER_SECOND,
        live.rate,
    );
    of.add("REST-7", "requests at once", limits::BURST, live.burst);
    of.add("OBS-1", "metrics", true, live.metrics);
    of.add("OBS-1", "log level", level, &live.logging_level);
    of.add(
        "OBS-1",
        "logs whole requests",
        full_logging,
        live.data_trace,
    );
    if let Some((_, line)) = &live.access_log {
        let leaks = line.contains("querystring") || line.contains("$context.path\"");
        of.add("OBS-1", "access log leaves out query strings", true, !leaks);
    }
    of.done()
}

#[cfg(test)]
mod tests {
    use super::super::arns::tests::names;
    use super::*;

    fn method(path: &str, method: &str) -> LiveMethod {
        LiveMethod {
            path: path.into(),
            method: method.into(),
            ..LiveMethod::default()
        }
    }

    fn sound() -> LiveRest {
        let names = names();
        let mut methods: Vec<LiveMethod> = ROUTES
            .iter()
            .map(|route| LiveMethod {
                key_required: true,
                validates: validates(route),
                required: match route.input {
                    Input::Query(name) => vec![format!("method.request.querystring.{name}")],
                    Input::Path(name) => vec![format!("method.request.path.{name}")],
                    Input::Body(_) => vec![],
                },
                model: match route.input {
                    Input::Body(object) => Some(object.name.into()),
                    _ => None,
                },
                integration: Some(names.invocation(route.function)),
                ..method(route.path, route.method.as_str())
            })
            .collect();
        let paths: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
        methods.extend(paths.into_iter().map(|path| method(path, "OPTIONS")));
        let answer = |response: &GatewayResponse| GatewayAnswer {
            status: response.status.map(|status| status.to_string()),
            headers: [(
                "gatewayresponse.header.Access-Control-Allow-Origin".into(),
                "'*'".into(),
            )]
            .into(),
            body: Some(format!(
                r#"{{"error":{{"code":"{}"}}}}"#,
                response.code.code()
            )),
        };
        let answers = GATEWAY_RESPONSES
            .iter()
            .map(|one| (one.kind.into(), answer(one)))
            .collect();
        let stage = LiveStage {
            rate: 100.0,
            burst: 200,
            metrics: true,
            logging_level: "INFO".into(),
            data_trace: true,
            access_log: None,
        };
        LiveRest {
            methods,
            answers,
            stage: Some(stage),
        }
    }

    fn findings(live: &LiveRest) -> Vec<String> {
        let checks = checks(&names(), true, live)
            .into_iter()
            .filter(Check::differs);
        checks
            .map(|check| format!("{} {}: {}", check.requirement, check.resource, check.what))
            .collect()
    }

    #[test]
    fn a_sound_api_has_no_findings() {
        assert_eq!(findings(&sound()), [""; 0]);
    }

    #[test]
    fn a_changed_throttle_is_a_finding() {
        let mut live = sound();
        live.stage = live.stage.map(|stage| LiveStage {
            rate: 1000.0,
            ..stage
        });
        assert_eq!(findings(&live), ["REST-7 Blue-rest/v1: requests a second"]);
    }

    #[test]
    fn an_open_method_a_dropped_validator_and_a_strange_path_are_findings() {
        let mut live = sound();
        live.methods[0].key_required = false;
        live.methods[2].validates = (false, false);
        live.methods.push(method("/admin", "GET"));
        live.answers.remove("THROTTLED");
        assert_eq!(
            findings(&live),
            [
                "REST-8 GET /profile: API key required",
                "REST-5 POST /agent: validates",
                "SEC-1 GET /admin: existence",
                "REST-6 Blue-rest: gateway response THROTTLED: existence",
            ]
        );
    }
}
