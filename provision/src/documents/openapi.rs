//! The REST API as `OpenAPI` 3.1.

use contract::limits::{BURST, INTEGRATION_TIMEOUT, QUOTA_PER_DAY, RATE_PER_SECOND};
use contract::naming::{DEFAULT_REGION, STAGE};
use contract::rest::{API_KEY_HEADER, Input, ROUTES, Route};
use contract::schema::Object;
use serde_json::{Map, Value, json};

use super::EXAMPLE_USER;
use super::responses::{headers, patience, preflight, responses};
use super::schemas::{Components, id};
use crate::stacks::path_id;

/// The whole document.
pub fn openapi() -> Value {
    let mut components = Components::default();
    let paths = paths(&mut components);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Supporter Engagement Platform",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Profiles, search and the personalization agent.",
            "description": description(),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [server()],
        "security": [{ "ApiKey": [] }],
        "x-limits": {
            "ratePerSecond": RATE_PER_SECOND,
            "burst": BURST,
            "requestsPerDay": QUOTA_PER_DAY,
            "timeoutSeconds": INTEGRATION_TIMEOUT.as_secs(),
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "ApiKey": { "type": "apiKey", "in": "header", "name": API_KEY_HEADER },
            },
            "headers": headers(),
            "responses": components.responses,
            "schemas": components.schemas,
        },
    })
}

fn description() -> String {
    format!(
        "JSON in UTF-8. Every part of an answer is always there; what is absent is `null`. Unknown \
         fields of a request are refused. Lengths count Unicode scalar values.\n\n\
         A key may make {RATE_PER_SECOND} requests a second, {BURST} at once and {QUOTA_PER_DAY} a \
         day; beyond that it gets 429. Every error has the same shape, on every path; an unknown \
         path is 404 with `route_not_found`."
    )
}

fn server() -> Value {
    json!({
        "url": format!("https://{{api}}.execute-api.{{region}}.amazonaws.com/{STAGE}"),
        "description": "The stack's output RestApiUrl.",
        "variables": {
            "api": { "default": "api-id", "description": "The stack's output RestApiId." },
            "region": { "default": DEFAULT_REGION },
        },
    })
}

fn paths(components: &mut Components) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in &ROUTES {
        let path = paths
            .entry(route.path)
            .or_insert_with(|| json!({ "options": options(route) }));
        path[route.method.as_str().to_lowercase()] = operation(route, components);
    }
    Value::Object(paths)
}

fn operation(route: &Route, components: &mut Components) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route.method.as_str(), route),
        "summary": route.function.description(),
        "description": patience(route.function),
        "x-requirement": route.requirement,
    });
    match route.input {
        Input::Query(name) => operation["parameters"] = json!([parameter("query", name, &id())]),
        Input::Path(name) => operation["parameters"] = json!([parameter("path", name, &id())]),
        Input::Body(object) => operation["requestBody"] = body(&object, components),
    }
    operation["responses"] = responses(route, components);
    operation
}

fn options(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": operation_id("OPTIONS", route),
        "summary": "Preflight; needs no key",
        "security": [],
        "responses": preflight(),
    });
    if let Input::Path(name) = route.input {
        // The gateway answers by itself, whatever the value.
        let any = json!({ "type": "string" });
        operation["parameters"] = json!([parameter("path", name, &any)]);
    }
    operation
}

fn operation_id(method: &str, route: &Route) -> String {
    format!("{}{}", method.to_lowercase(), path_id(route.path))
}

fn parameter(place: &str, name: &str, schema: &Value) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": true,
        "schema": schema,
        "example": EXAMPLE_USER,
    })
}

fn body(object: &Object, components: &mut Components) -> Value {
    let example = |field: &str| match field {
        "userId" => Some(json!(EXAMPLE_USER)),
        "message" => Some(json!("What can I do this month?")),
        "query" => Some(json!("screening")),
        _ => None,
    };
    let example: Map<String, Value> = object
        .fields
        .iter()
        .filter_map(|field| Some((field.name.to_owned(), example(field.name)?)))
        .collect();
    json!({
        "required": true,
        "content": { "application/json": {
            "schema": components.request(object),
            "example": example,
        }},
    })
}
