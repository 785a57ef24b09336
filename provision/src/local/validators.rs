//! Request validators of the REST API's methods.

use aws_sdk_apigateway::types::{Op, PatchOperation};
use contract::Failure;
use contract::rest::{Input, ROUTES, Route};
use deploy_target::OrExplain;

use crate::clients::Clients;
use crate::live::{self, LiveMethod};

/// What a route's gateway validates: its body, and its parameters.
pub const fn validates(route: &Route) -> (bool, bool) {
    match route.input {
        Input::Body(_) => (true, false),
        Input::Query(_) | Input::Path(_) => (false, true),
    }
}

/// Gives every method the validator that its route asks for.
pub(super) async fn close(clients: &Clients, api_id: &str) -> Result<(), Failure> {
    let methods = live::methods(clients, api_id).await?;
    let open: Vec<(&LiveMethod, (bool, bool))> = ROUTES
        .iter()
        .filter_map(|route| {
            let wanted = validates(route);
            let method = methods
                .iter()
                .find(|live| live.path == route.path && live.method == route.method.as_str())?;
            (method.validates != wanted).then_some((method, wanted))
        })
        .collect();
    for wanted in [(true, false), (false, true)] {
        let methods: Vec<&LiveMethod> = open
            .iter()
            .filter(|(_, asked)| *asked == wanted)
            .map(|(method, _)| *method)
            .collect();
        if methods.is_empty() {
            continue;
        }
        let validator = validator(clients, api_id, wanted).await?;
        for method in methods {
            give(clients, api_id, method, &validator).await?;
        }
    }
    Ok(())
}

/// The id of the API's validator of this kind; made where there is none.
async fn validator(
    clients: &Clients,
    api_id: &str,
    (body, parameters): (bool, bool),
) -> Result<String, Failure> {
    let what = || format!("cannot make a request validator for {api_id}");
    let api = &clients.apigateway;
    let call = api
        .get_request_validators()
        .rest_api_id(api_id)
        .limit(500)
        .send()
        .await;
    let there = call
        .or_explain(&clients.target, what())?
        .items
        .unwrap_or_default();
    let same = there.into_iter().find(|live| {
        live.validate_request_body == body && live.validate_request_parameters == parameters
    });
    if let Some(id) = same.and_then(|live| live.id) {
        return Ok(id);
    }
    let call = api
        .create_request_validator()
        .rest_api_id(api_id)
        .name(if body { "body" } else { "parameters" })
        .validate_request_body(body)
        .validate_request_parameters(parameters);
    let answer = call.send().await.or_explain(&clients.target, what())?;
    Ok(answer.id.unwrap_or_default())
}

async fn give(
    clients: &Clients,
    api_id: &str,
    method: &LiveMethod,
    validator: &str,
) -> Result<(), Failure> {
    let patch = PatchOperation::builder()
        .op(Op::Replace)
        .path("/requestValidatorId")
        .value(validator);
    let call = clients
        .apigateway
        .update_method()
        .rest_api_id(api_id)
        .resource_id(&method.resource_id)
        .http_method(&method.method)
        .patch_operations(patch.build())
        .send()
        .await;
    let what = format!(
        "cannot set the validator of {} {}",
        method.method, method.path
    );
    call.or_explain(&clients.target, what)?;
    Ok(())
}
