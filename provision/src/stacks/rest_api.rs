//! The REST API (REST-1 to REST-8): resources, methods, validators, models, stage.

use std::collections::BTreeMap;

use contract::rest::{GATEWAY_RESPONSES, Input, ROUTES, Route};
use contract::schema::Object;
use contract::{ErrorCode, Function, limits, naming};
use sha2::{Digest, Sha256};

use super::apis::{access_log_line, execute_arn, log_groups, stage_url};
use super::functions::Functions;
use super::names::{prefixed, tags};
use super::parameters::FULL_LOGGING;
use super::rest_bodies::{error_body, json_schema};
use super::rest_cors::{cors_headers, preflight};
use super::rest_ids::{any_parameter, method_id, pascal_case, path_id};
use crate::cfn::apigateway::{
    AccessLogSetting, Deployment, EndpointConfiguration, GatewayResponse, Integration, Method,
    MethodSetting, Model, RequestValidator, Resource, RestApi as Api, Stage,
};
use crate::cfn::{Expr, Handle, Template, account, lambda, sub};

/// One line of the access log. No path parameters and no query string: they name supporters, and
/// may hold a key.
const ACCESS_LOG: &[(&str, &str)] = &[
    ("requestId", "$context.requestId"),
    ("time", "$context.requestTime"),
    ("method", "$context.httpMethod"),
    ("resource", "$context.resourcePath"),
    ("status", "$context.status"),
    ("responseLength", "$context.responseLength"),
    ("responseLatency", "$context.responseLatency"),
    ("integrationLatency", "$context.integrationLatency"),
    ("integrationStatus", "$context.integration.status"),
    ("apiKeyId", "$context.identity.apiKeyId"),
    ("error", "$context.error.responseType"),
];

/// The API as others see it.
pub struct RestApi {
    /// The API.
    pub api: Handle<Api>,
    /// Its only stage.
    pub stage: Handle<Stage>,
}

impl RestApi {
    /// What clients call, without a trailing slash.
    pub fn url(&self) -> Expr {
        stage_url(&self.api.reference(), "https", false)
    }
}

/// Declares the API with all that it deploys.
pub fn api(template: &mut Template, functions: &Functions) -> RestApi {
    let resource = Api {
        name: prefixed("-rest"),
        description: "Profiles, search and the personalization agent",
        api_key_source_type: "HEADER",
        endpoint_configuration: EndpointConfiguration {
            types: vec!["REGIONAL"],
        },
        tags: tags(),
    };
    let api = template.add("RestApi", &resource);
    let mut builder = Builder {
        api: &api,
        deployed: vec![api.id().to_owned()],
        template,
    };
    let body = builder.validator("BodyValidator", "body", true);
    let parameters = builder.validator("ParametersValidator", "parameters", false);
    let mut paths = BTreeMap::new();
    for route in &ROUTES {
        let resource = builder.path(route.path, &mut paths);
        builder.method(route, resource, (&body, &parameters), functions);
    }
    for response in &GATEWAY_RESPONSES {
        builder.gateway_response(response);
    }
    let deployed = builder.deployed;
    let deployment = deployment(template, &api, deployed);
    let stage = stage(template, &api, &deployment);
    RestApi { api, stage }
}

/// Declares the parts of an API and keeps the ids of all that a deployment takes up.
struct Builder<'a> {
    template: &'a mut Template,
    api: &'a Handle<Api>,
    deployed: Vec<String>,
}

impl Builder<'_> {
    #[track_caller]
    fn add<R: crate::cfn::Resource>(&mut self, id: String, resource: &R) -> Handle<R> {
        self.deployed.push(id.clone());
        self.template.add(id, resource)
    }

    fn validator(
        &mut self,
        id: &str,
        name: &'static str,
        validate_request_body: bool,
    ) -> Handle<RequestValidator> {
        let validator = RequestValidator {
            rest_api_id: self.api.reference(),
            name,
            validate_request_body,
            validate_request_parameters: !validate_request_body,
        };
        self.add(id.to_owned(), &validator)
    }

    /// Declares the resources of a path that are not there yet, each with its preflight, and
    /// returns the last one's id.
    fn path(&mut self, path: &str, paths: &mut BTreeMap<String, Expr>) -> Expr {
        let mut parent = self.api.root();
        let mut so_far = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            so_far.push('/');
            so_far.push_str(part);
            parent = match paths.get(&so_far) {
                Some(resource) => resource.clone(),
                None => self.resource(part, &so_far, parent),
            };
            paths.insert(so_far.clone(), parent.clone());
        }
        parent
    }

    fn resource(&mut self, part: &str, path: &str, parent_id: Expr) -> Expr {
        let resource = Resource {
            rest_api_id: self.api.reference(),
            parent_id,
            path_part: part.to_owned(),
        };
        let id = path_id(path);
        let handle = self.add(format!("{id}Resource"), &resource);
        let methods = ROUTES
            .iter()
            .filter(|route| route.path == path)
            .map(|route| route.method);
        let preflight = preflight(self.api, &handle, methods);
        self.add(format!("{id}OptionsMethod"), &preflight);
        handle.reference()
    }

    fn method(
        &mut self,
        route: &Route,
        resource_id: Expr,
        (body, parameters): (&Handle<RequestValidator>, &Handle<RequestValidator>),
        functions: &Functions,
    ) {
        let parameter = |place, name| {
            Some(BTreeMap::from([(
                format!("method.request.{place}.{name}"),
                true,
            )]))
        };
        let (request_parameters, request_models, validator) = match route.input {
            Input::Query(name) => (parameter("querystring", name), None, parameters),
            Input::Path(name) => (parameter("path", name), None, parameters),
            Input::Body(object) => {
                let model = self.model(&object);
                (
                    None,
                    Some(BTreeMap::from([("application/json", model.reference())])),
                    body,
                )
            }
        };
        let uri = functions
            .get(&route.function)
            .map(Handle::<lambda::Function>::invocation_uri);
        let method = Method {
            rest_api_id: self.api.reference(),
            resource_id,
            http_method: route.method.as_str(),
            authorization_type: "NONE",
            api_key_required: true,
            request_validator_id: Some(validator.reference()),
            request_parameters,
            request_models,
            integration: Integration {
                r#type: "AWS_PROXY",
                integration_http_method: Some("POST"),
                uri,
                request_templates: None,
                passthrough_behavior: None,
                integration_responses: None,
            },
            method_responses: None,
        };
        self.add(method_id(route), &method);
    }

    fn model(&mut self, object: &Object) -> Handle<Model> {
        let model = Model {
            rest_api_id: self.api.reference(),
            name: object.name,
            content_type: "application/json",
            schema: json_schema(object),
        };
        self.add(format!("{}Model", object.name), &model)
    }

    fn gateway_response(&mut self, response: &contract::rest::GatewayResponse) {
        let mut response_parameters: BTreeMap<_, _> = cors_headers("gatewayresponse.header");
        if matches!(response.code, ErrorCode::RateLimited) {
            response_parameters.insert("gatewayresponse.header.Retry-After".into(), "'1'".into());
        }
        let resource = GatewayResponse {
            rest_api_id: self.api.reference(),
            response_type: response.kind,
            status_code: response.status.map(|status| status.to_string()),
            response_parameters,
            response_templates: BTreeMap::from([("application/json", error_body(response.code))]),
        };
        self.add(
            format!("GatewayResponse{}", pascal_case(response.kind)),
            &resource,
        );
    }
}

/// A deployment is immutable, so its logical id carries a hash of all that it takes up: a change
/// there makes a new deployment, and nothing else does.
fn deployment(
    template: &mut Template,
    api: &Handle<Api>,
    deployed: Vec<String>,
) -> Handle<Deployment> {
    let mut digest = Sha256::new();
    for id in &deployed {
        digest.update(id);
        digest.update(template.canonical(id).unwrap_or_default());
    }
    let digest = digest.finalize();
    let digits: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = digits[..5].concat();
    let resource = Deployment {
        rest_api_id: api.reference(),
        description: format!("Routes, models and responses {hash}"),
    };
    let deployment = template.add(format!("RestDeployment{hash}"), &resource);
    // The API itself is named by a property already.
    template.depends_on(&deployment, deployed.into_iter().skip(1).collect());
    deployment
}

fn stage(
    template: &mut Template,
    api: &Handle<Api>,
    deployment: &Handle<Deployment>,
) -> Handle<Stage> {
    let logs = log_groups(
        template,
        "Rest",
        "/rest/access",
        sub!["API-Gateway-Execution-Logs_", api, "/", naming::STAGE],
    );
    let resource = Stage {
        rest_api_id: api.reference(),
        deployment_id: deployment.reference(),
        stage_name: naming::STAGE,
        access_log_setting: AccessLogSetting {
            destination_arn: logs.access.destination_arn(),
            format: access_log_line(ACCESS_LOG),
        },
        method_settings: vec![MethodSetting {
            resource_path: "/*",
            http_method: "*",
            metrics_enabled: true,
            logging_level: Expr::when(FULL_LOGGING, "INFO", "ERROR"),
            data_trace_enabled: Expr::when(FULL_LOGGING, true, false),
            throttling_rate_limit: limits::RATE_PER_SECOND,
            throttling_burst_limit: limits::BURST,
        }],
        tags: tags(),
    };
    let stage = template.add("RestStage", &resource);
    template.depends_on(&stage, vec![logs.execution.id().to_owned()]);
    stage
}

/// Lets the API invoke `function`: one permission for each route.
pub fn permit(template: &mut Template, rest: &RestApi, function: Function, functions: &Functions) {
    let Some(handle) = functions.get(&function) else {
        return;
    };
    for route in ROUTES.iter().filter(|route| route.function == function) {
        let stage = &rest.stage;
        let source = sub![stage, "/", route.method.as_str(), any_parameter(route.path)];
        let permission = lambda::Permission {
            function_name: handle.reference(),
            action: "lambda:InvokeFunction",
            principal: "apigateway.amazonaws.com",
            source_account: account(),
            source_arn: execute_arn(&rest.api, source),
        };
        template.add(format!("{}Permission", method_id(route)), &permission);
    }
}
