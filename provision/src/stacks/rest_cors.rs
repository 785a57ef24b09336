//! CORS (REST-6): preflights without a key, and headers on what the gateway answers itself.

use std::collections::BTreeMap;

use contract::rest::{
    ALLOW_HEADERS, ALLOW_ORIGIN, EXPOSE_HEADERS, Method as Verb, PREFLIGHT_MAX_AGE_SECONDS,
};

use crate::cfn::Handle;
use crate::cfn::apigateway::{
    Integration, IntegrationResponse, Method, MethodResponse, Resource, RestApi,
};

/// The headers of an error that the gateway answers, under `place`.
pub fn cors_headers(place: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (
            format!("{place}.Access-Control-Allow-Origin"),
            format!("'{ALLOW_ORIGIN}'"),
        ),
        (
            format!("{place}.Access-Control-Allow-Headers"),
            format!("'{ALLOW_HEADERS}'"),
        ),
        (
            format!("{place}.Access-Control-Expose-Headers"),
            format!("'{EXPOSE_HEADERS}'"),
        ),
    ])
}

/// The `OPTIONS` method of a path, answered by the gateway itself.
pub fn preflight(
    api: &Handle<RestApi>,
    resource: &Handle<Resource>,
    methods: impl Iterator<Item = Verb>,
) -> Method {
    let allowed: Vec<_> = methods.map(Verb::as_str).chain(["OPTIONS"]).collect();
    let mut headers = cors_headers("method.response.header");
    headers.insert(
        "method.response.header.Access-Control-Allow-Methods".into(),
        format!("'{}'", allowed.join(",")),
    );
    headers.insert(
        "method.response.header.Access-Control-Max-Age".into(),
        format!("'{PREFLIGHT_MAX_AGE_SECONDS}'"),
    );
    let declared = headers.keys().map(|name| (name.clone(), true)).collect();
    Method {
        rest_api_id: api.reference(),
        resource_id: resource.reference(),
        http_method: "OPTIONS",
        authorization_type: "NONE",
        api_key_required: false,
        request_validator_id: None,
        request_parameters: None,
        request_models: None,
        integration: Integration {
            r#type: "MOCK",
            integration_http_method: None,
            uri: None,
            request_templates: Some(BTreeMap::from([(
                "application/json",
                r#"{"statusCode":204}"#.to_owned(),
            )])),
            passthrough_behavior: Some("WHEN_NO_MATCH"),
            integration_responses: Some(vec![IntegrationResponse {
                status_code: "204",
                response_parameters: headers,
            }]),
        },
        method_responses: Some(vec![MethodResponse {
            status_code: "204",
            response_parameters: declared,
        }]),
    }
}
