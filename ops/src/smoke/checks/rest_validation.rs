//! REST-5 and REST-6: what is refused, by whom, and whether a page on any origin can read it.

use contract::rest::{ALLOW_ORIGIN, API_KEY_HEADER, GATEWAY_RESPONSES, Input, ROUTES};
use contract::{ErrorCode, outputs};
use deploy_target::OrExplain;
use serde_json::{Value, json};

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;
use crate::smoke::http::{Answer, Key};

pub(super) const CHECKS: &[Check] = &[
    check("REST-5", "validators are set", |ctx| {
        Box::pin(validators(ctx))
    }),
    check("REST-5", "the gateway refuses", |ctx| {
        Box::pin(gateway_refuses(ctx))
    }),
    check("REST-5", "the function refuses again", |ctx| {
        Box::pin(function_refuses(ctx))
    }),
    check("REST-6", "preflight without a key", |ctx| {
        Box::pin(preflight(ctx))
    }),
    check("REST-6", "answers and errors", |ctx| {
        Box::pin(on_answers(ctx))
    }),
    check("REST-6", "the gateway's own errors", |ctx| {
        Box::pin(gateway_responses(ctx))
    }),
];

async fn validators(ctx: &Ctx) -> Outcome {
    let id = ctx.output(outputs::REST_API_ID)?;
    let validators = ctx
        .clients
        .apigateway
        .get_request_validators()
        .rest_api_id(id)
        .send()
        .await;
    let validators = validators.or_explain(&ctx.target, "cannot list the request validators")?;
    let methods = ctx.methods().await?;
    let mut said = Vec::new();
    for route in &ROUTES {
        let name = format!("{} {}", route.method.as_str(), route.path);
        let configured = methods
            .iter()
            .find(|method| method.path == route.path && method.verb == route.method.as_str());
        let method = &present(&format!("method {name}"), configured)?.method;
        let validator = method.request_validator_id().and_then(|id| {
            validators
                .items()
                .iter()
                .find(|validator| validator.id() == Some(id))
        });
        let validator = present(&format!("the validator of {name}"), validator)?;
        match route.input {
            Input::Body(object) => {
                same(
                    &format!("body validation of {name}"),
                    &validator.validate_request_body,
                    &true,
                )?;
                let model = method
                    .request_models()
                    .and_then(|m| m.get("application/json"));
                let model = model.map(String::as_str);
                same(&format!("the model of {name}"), &model, &Some(object.name))?;
                said.push(format!("{name}: model {}", object.name));
            }
            Input::Query(parameter) | Input::Path(parameter) => {
                let on = validator.validate_request_parameters;
                same(&format!("parameter validation of {name}"), &on, &true)?;
                said.push(format!("{name}: {parameter}"));
            }
        }
    }
    Ok(Evidence::new(said.join("; ")))
}

async fn gateway_refuses(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let user_id = &supporter.user_id;
    let bodies = [
        ("/agent", json!({})),
        ("/agent", json!({"userId": user_id, "message": ""})),
        (
            "/agent",
            json!({"userId": user_id, "message": "x", "unknown": 1}),
        ),
        ("/search", json!({"query": "x", "limit": 51})),
        ("/search", json!({"query": "x", "kind": "poem"})),
    ];
    for (path, body) in &bodies {
        refused(&ctx.post(path, body, Key::Valid).await?)?;
    }
    refused(&ctx.get("/profile", &[], Key::Valid).await?)?;
    Ok(Evidence::new(format!(
        "400 invalid_request for {} bad bodies and for GET /profile without userId",
        bodies.len()
    )))
}

/// By the gateway, which knows no more than the code; the function, which refuses the same, names
/// the field.
fn refused(answer: &Answer) -> Result<(), Finding> {
    let code = ErrorCode::InvalidRequest;
    let message = answer.error(code)?;
    same("the gateway's refusal", &message, &code.message())
}

/// Past the gateway, straight to each function, since the gateway would refuse the bodies first.
async fn function_refuses(ctx: &Ctx) -> Outcome {
    let mut said = Vec::new();
    for route in &ROUTES {
        let (input, field) = match route.input {
            Input::Query(name) | Input::Path(name) => ("-not an id".to_owned(), name),
            Input::Body(object) => {
                let first = present("a field of the model", object.fields.first())?.name;
                (json!({ first: 7 }).to_string(), first)
            }
        };
        let invocation = ctx.invoke(route, &input).await?;
        invocation.refuses(route.function, field)?;
        said.push(format!("{} of {}", field, route.function.name()));
    }
    Ok(Evidence::new(format!(
        "invoked directly, 400 naming {}",
        said.join(", ")
    )))
}

async fn preflight(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let mut said = Vec::new();
    for route in &ROUTES {
        let path = route.path.replace("{userId}", &supporter.user_id);
        let answer = ctx.preflight(&path, route.method.as_str()).await?;
        let status = answer.status;
        ensure(matches!(status, 200 | 204), || {
            format!("OPTIONS {} gives {status}", route.path)
        })?;
        answer.cors()?;
        allows(
            &answer,
            "access-control-allow-methods",
            route.method.as_str(),
        )?;
        allows(&answer, "access-control-allow-headers", API_KEY_HEADER)?;
        allows(&answer, "access-control-allow-headers", "content-type")?;
        said.push(format!("OPTIONS {} {status}", route.path));
    }
    Ok(Evidence::new(format!(
        "{}: any origin, {API_KEY_HEADER} allowed",
        said.join(", ")
    )))
}

fn allows(answer: &Answer, header: &str, wanted: &str) -> Result<(), Finding> {
    let list = answer.header(header).unwrap_or_default();
    ensure(
        list.split(',')
            .any(|entry| entry.trim().eq_ignore_ascii_case(wanted)),
        || format!("{header} is `{list}`, without {wanted}"),
    )
}

async fn on_answers(ctx: &Ctx) -> Outcome {
    let supporter = ctx.supporter().await?;
    let path = format!("/profile/{}", supporter.user_id);
    let answers = [
        ("200", ctx.get(&path, &[], Key::Valid).await?),
        (
            "404 from the function",
            ctx.get("/profile/smoke-nobody", &[], Key::Valid).await?,
        ),
        (
            "400 from the gateway",
            ctx.post("/agent", &json!({}), Key::Valid).await?,
        ),
        ("403 without a key", ctx.get(&path, &[], Key::Absent).await?),
        (
            "404 of no route",
            ctx.get("/no-such-route", &[], Key::Valid).await?,
        ),
    ];
    let mut said = Vec::new();
    for (name, answer) in &answers {
        let expected: u16 = name[..3].parse().unwrap_or_default();
        same(
            &format!("the status where {name} is due"),
            &answer.status,
            &expected,
        )?;
        answer.cors()?;
        said.push(*name);
    }
    Ok(Evidence::new(format!(
        "access-control-allow-origin: {ALLOW_ORIGIN} on {}",
        said.join(", ")
    )))
}

/// Errors that nobody can cause from outside are read from the configuration.
async fn gateway_responses(ctx: &Ctx) -> Outcome {
    let id = ctx.output(outputs::REST_API_ID)?;
    let answer = ctx
        .clients
        .apigateway
        .get_gateway_responses()
        .rest_api_id(id)
        .send()
        .await;
    let answer = answer.or_explain(&ctx.target, "cannot list the gateway responses")?;
    for wanted in &GATEWAY_RESPONSES {
        let kind = wanted.kind;
        let live = answer.items().iter().find(|response| {
            response
                .response_type()
                .is_some_and(|live| live.as_str() == kind)
        });
        let live = present(&format!("gateway response {kind}"), live)?;
        let origin = live.response_parameters().and_then(|parameters| {
            parameters.get("gatewayresponse.header.Access-Control-Allow-Origin")
        });
        let quoted = format!("'{ALLOW_ORIGIN}'");
        same(
            &format!("the CORS header of {kind}"),
            &origin,
            &Some(&quoted),
        )?;
        let template = live
            .response_templates()
            .and_then(|all| all.get("application/json"));
        let body: Value = template
            .and_then(|template| serde_json::from_str(template).ok())
            .unwrap_or_default();
        let code = body["error"]["code"].as_str();
        same(
            &format!("the code of {kind}"),
            &code,
            &Some(wanted.code.code()),
        )?;
    }
    Ok(Evidence::new(format!(
        "{} gateway responses, DEFAULT_4XX and DEFAULT_5XX among them, with the header and the \
         contract's error",
        GATEWAY_RESPONSES.len()
    )))
}
