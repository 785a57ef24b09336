//! WS-4: rate, burst and key of the WebSocket API.

use contract::websocket::{API_KEY_SELECTION, ROUTES};
use contract::{naming, outputs};
use deploy_target::OrExplain;

use super::check;
use crate::smoke::check::{Check, Evidence, Finding, Outcome};
use crate::smoke::compare::{ensure, present, same};
use crate::smoke::ctx::Ctx;
use crate::smoke::gateway::throttled;
use crate::smoke::socket::{Handshake, SocketKey};

pub(super) const CHECKS: &[Check] = &[
    check("WS-4", "throttle of the stage", |ctx| {
        Box::pin(stage_throttle(ctx))
    }),
    check("WS-4", "usage plan with the same key", |ctx| {
        Box::pin(plan(ctx))
    }),
    check("WS-4", "key required at the handshake", |ctx| {
        Box::pin(key_required(ctx))
    }),
    check("WS-4", "a wrong key is refused", |ctx| {
        Box::pin(wrong_key(ctx))
    }),
];

async fn stage_throttle(ctx: &Ctx) -> Outcome {
    let id = ctx.output(outputs::WEB_SOCKET_API_ID)?;
    let get = ctx
        .clients
        .apigatewayv2
        .get_stage()
        .api_id(id)
        .stage_name(naming::STAGE);
    let stage = get
        .send()
        .await
        .or_explain(&ctx.target, "cannot read the WebSocket API's stage")?;
    let settings = present(
        "the stage's default route settings",
        stage.default_route_settings,
    )?;
    let rate = present("the stage's rate limit", settings.throttling_rate_limit)?;
    let burst = present("the stage's burst limit", settings.throttling_burst_limit)?;
    throttled("stage", rate, burst).map(Evidence::new)
}

async fn plan(ctx: &Ctx) -> Outcome {
    let output = outputs::WEB_SOCKET_USAGE_PLAN_ID;
    ctx.plan_covers(output, outputs::WEB_SOCKET_API_ID).await?;
    let throttle = ctx.plan_throttle(output).await?;
    let quota = ctx.plan(output).await?.quota;
    // An absent quota may read as an empty one.
    let none = quota
        .as_ref()
        .is_none_or(|quota| quota.limit == 0 && quota.period.is_none());
    ensure(none, || {
        "the quota is on the REST plan only, but this plan has one".to_owned()
    })?;
    Ok(Evidence::new(format!(
        "{throttle}; no quota; the stack's key is in the plan"
    )))
}

async fn key_required(ctx: &Ctx) -> Outcome {
    let id = ctx.output(outputs::WEB_SOCKET_API_ID)?;
    let gateway = &ctx.clients.apigatewayv2;
    let api = gateway.get_api().api_id(id).send().await;
    let api = api.or_explain(&ctx.target, "cannot read the WebSocket API")?;
    let selection = api.api_key_selection_expression();
    same("the key's selection", &selection, &Some(API_KEY_SELECTION))?;
    let routes = gateway.get_routes().api_id(id).send().await;
    let routes = routes.or_explain(&ctx.target, "cannot list the WebSocket API's routes")?;
    for wanted in &ROUTES {
        let route = routes
            .items()
            .iter()
            .find(|route| route.route_key() == Some(wanted.key));
        let route = present(&format!("route {}", wanted.key), route)?;
        let handshake = wanted.key == "$connect";
        let required = route.api_key_required().unwrap_or_default();
        same(
            &format!("the key of {} required", wanted.key),
            &required,
            &handshake,
        )?;
        if handshake {
            present("the authorizer of $connect", route.authorizer_id())?;
        }
    }
    Ok(Evidence::new(format!(
        "required on $connect, taken from {API_KEY_SELECTION}"
    )))
}

async fn wrong_key(ctx: &Ctx) -> Outcome {
    match ctx
        .handshake(Some(&ctx.new_supporter()), SocketKey::Wrong)
        .await?
    {
        Handshake::Refused(status) => Ok(Evidence::new(format!("refused with {status}"))),
        Handshake::Open(_) => Err(Finding::new("the handshake opens with a wrong key")),
    }
}
