//! The REST API: REST-1 to REST-9, OBS-1.

use std::collections::BTreeSet;

use contract::rest::{ALLOW_ORIGIN, GATEWAY_RESPONSES, GatewayResponse, Input, ROUTES, Route};
use contract::{limits, naming};

use super::arns::Names;
use super::report::Check;
use crate::live::{GatewayAnswer, LiveMethod, LivePlan, LiveRest, LiveStage};
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
    for response in &GATEWAY_RESPONSES {
        checks.extend(answer_checks(
            &api,
            response,
            live.answers.get(response.kind),
        ));
    }
    checks.extend(stage_checks(&api, full_logging, live.stage.as_ref()));
    checks
}

fn find<'a>(live: &'a LiveRest, path: &str, method: &str) -> Option<&'a LiveMethod> {
    live.methods
        .iter()
        .find(|live| live.path == path && live.method == method)
}

fn route_checks(route: &Route, names: &Names, live: Option<&LiveMethod>) -> Vec<Check> {
    let name = format!("{} {}", route.method.as_str(), route.path);
    let mut checks = vec![Check::exists(route.requirement, &name, live.is_some())];
    let Some(live) = live else { return checks };
    let (required, model) = match route.input {
        Input::Query(name) => (format!("method.request.querystring.{name}"), ""),
        Input::Path(name) => (format!("method.request.path.{name}"), ""),
        Input::Body(object) => (String::new(), object.name),
    };
    let integration = live.integration.as_deref().unwrap_or_default();
    checks.extend([
        Check::new(
            route.requirement,
            &name,
            "answered by",
            names.invocation(route.function),
            integration,
        ),
        Check::new(
            "REST-5",
            &name,
            "validates",
            validation(validates(route)),
            validation(live.validates),
        ),
        Check::new(
            "REST-5",
            &name,
            "required parameters",
            required,
            live.required.join(", "),
        ),
        Check::new(
            "REST-5",
            &name,
            "body model",
            model,
            live.model.as_deref().unwrap_or_default(),
        ),
        Check::new("REST-8", &name, "API key required", true, live.key_required),
    ]);
    checks
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
    let name = format!("OPTIONS {path}");
    let mut checks = vec![Check::exists("REST-6", &name, live.is_some())];
    let key = |live: &LiveMethod| {
        Check::new(
            "REST-6",
            &name,
            "API key required",
            false,
            live.key_required,
        )
    };
    checks.extend(live.map(key));
    checks
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
    strange
        .map(|method| {
            let name = format!("{} {}", method.method, method.path);
            Check::new("SEC-1", &name, "existence", "not there", "there")
        })
        .collect()
}

fn answer_checks(
    api: &str,
    response: &GatewayResponse,
    live: Option<&GatewayAnswer>,
) -> Vec<Check> {
    let of = |what: &str| format!("gateway response {}: {what}", response.kind);
    let Some(live) = live else {
        return vec![Check::new(
            "REST-6",
            api,
            of("existence"),
            "there",
            "missing",
        )];
    };
    let origin = "gatewayresponse.header.Access-Control-Allow-Origin";
    let origin = live
        .headers
        .get(origin)
        .map(String::as_str)
        .unwrap_or_default();
    let code = response.code.code();
    let mut checks = vec![
        Check::new(
            "REST-6",
            api,
            of("allowed origin"),
            format!("'{ALLOW_ORIGIN}'"),
            origin,
        ),
        Check::new(
            "REST-6",
            api,
            of("error code"),
            code,
            error_code(live.body.as_deref()),
        ),
    ];
    checks.extend(response.status.map(|status| {
        let live = live.status.as_deref().unwrap_or_default();
        Check::new("REST-6", api, of("status"), status, live)
    }));
    checks
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
    let name = format!("{api}/{}", naming::STAGE);
    let mut checks = vec![Check::exists("REST-7", &name, live.is_some())];
    let Some(live) = live else { return checks };
    let level = if full_logging { "INFO" } else { "ERROR" };
    checks.extend([
        Check::new(
            "REST-7",
            &name,
            "requests a second",
            limits::RATE_PER_SECOND,
            live.rate,
        ),
        Check::new(
            "REST-7",
            &name,
            "requests at once",
            limits::BURST,
            live.burst,
        ),
        Check::new("OBS-1", &name, "metrics", true, live.metrics),
        Check::new("OBS-1", &name, "log level", level, &live.logging_level),
        Check::new(
            "OBS-1",
            &name,
            "logs whole requests",
            full_logging,
            live.data_trace,
        ),
    ]);
    checks.extend(live.access_log.as_ref().map(|(_, line)| {
        let leaks = line.contains("querystring") || line.contains("$context.path\"");
        Check::new(
            "OBS-1",
            &name,
            "access log leaves out query strings",
            true,
            !leaks,
        )
    }));
    checks
}

/// Compares a usage plan: REST-7 and REST-9, or WS-4, which has no quota.
pub fn plan_checks(
    (requirement, name, api): (&'static str, &str, &str),
    quota: Option<u32>,
    names: &Names,
    live: Option<&LivePlan>,
) -> Vec<Check> {
    let mut checks = vec![Check::exists(requirement, name, live.is_some())];
    let Some(live) = live else { return checks };
    let stages: Vec<String> = live
        .stages
        .iter()
        .map(|(api, stage)| format!("{api}/{stage}"))
        .collect();
    let quota_requirement = if quota.is_some() {
        "REST-9"
    } else {
        requirement
    };
    let quota = quota.map_or_else(|| "none".to_owned(), |limit| format!("{limit} a DAY"));
    let live_quota = live.quota.as_ref();
    let live_quota = live_quota.map_or_else(
        || "none".to_owned(),
        |(limit, per)| format!("{limit} a {per}"),
    );
    checks.extend([
        Check::new(
            requirement,
            name,
            "requests a second",
            limits::RATE_PER_SECOND,
            live.rate.unwrap_or_default(),
        ),
        Check::new(
            requirement,
            name,
            "requests at once",
            limits::BURST,
            live.burst.unwrap_or_default(),
        ),
        Check::new(
            requirement,
            name,
            "covers",
            format!("{api}/{}", naming::STAGE),
            stages.join(", "),
        ),
        Check::new(
            requirement,
            name,
            "keys",
            &names.api_key,
            live.keys.join(", "),
        ),
        Check::new(quota_requirement, name, "quota", quota, live_quota),
    ]);
    checks
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

    #[test]
    fn the_quota_belongs_to_the_rest_plan_only() {
        let live = LivePlan {
            rate: Some(100.0),
            burst: Some(200),
            quota: None,
            stages: vec![("rest1".into(), "v1".into())],
            keys: vec!["key1".into()],
        };
        let of = ("REST-7", "Blue-rest", "rest1");
        let found = |quota| {
            let checks = plan_checks(of, quota, &names(), Some(&live)).into_iter();
            checks
                .filter(Check::differs)
                .map(|check| check.requirement)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(None), [""; 0]);
        assert_eq!(found(Some(limits::QUOTA_PER_DAY)), ["REST-9"]);
    }
}
