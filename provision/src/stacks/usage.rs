//! The API keys and the usage plans of both APIs (REST-7 to REST-9, WS-4).

use contract::{limits, parameters};

use super::names::{prefixed, tags};
use super::parameters::{FIRST_KEY_IS_CURRENT, HAS_FIRST_KEY, HAS_SECOND_KEY};
use super::rest_api::RestApi;
use super::websocket_api::WebSocketApi;
use crate::cfn::apigateway::{ApiKey, ApiStage, Quota, Throttle, UsagePlan, UsagePlanKey};
use crate::cfn::apigatewayv2;
use crate::cfn::{Expr, Handle, Template, sub};

/// The keys, which both plans know, and the plans.
pub struct Usage {
    /// The operators' key, which their clients should use.
    pub key: Expr,
    /// The key that clients move away from, while there are two.
    pub previous: Expr,
    /// The page's own, so that it can be revoked alone.
    pub page_key: Handle<ApiKey>,
    /// The REST API's plan.
    pub rest: Handle<UsagePlan>,
    /// The WebSocket API's plan.
    pub websocket: Handle<UsagePlan>,
}

/// What the operators' keys are for.
const BOTH: &str = "Key for both APIs of the platform";

/// Declares key and plans. The quota is on the REST plan only.
pub fn plans(
    template: &mut Template,
    rest: &RestApi,
    sockets: &WebSocketApi,
    socket_stage: &Handle<apigatewayv2::Stage>,
) -> Usage {
    let first = key(
        template,
        "ApiKey",
        (prefixed(""), BOTH),
        Some(HAS_FIRST_KEY),
    );
    let second = key(
        template,
        "SecondApiKey",
        (prefixed("-second"), BOTH),
        Some(HAS_SECOND_KEY),
    );
    let page_key = key(
        template,
        "PageApiKey",
        (prefixed("-page"), "Key of the page, for both APIs"),
        None,
    );
    let rest = template.add(
        "RestUsagePlan",
        &UsagePlan {
            usage_plan_name: prefixed("-rest"),
            description: described("Rate, burst and daily quota of the REST API"),
            api_stages: vec![ApiStage {
                api_id: rest.api.reference(),
                stage: rest.stage.reference(),
            }],
            throttle: throttle(),
            quota: Some(Quota {
                limit: limits::QUOTA_PER_DAY,
                period: "DAY",
            }),
            tags: tags(),
        },
    );
    let websocket = template.add(
        "WebSocketUsagePlan",
        &UsagePlan {
            usage_plan_name: prefixed("-websocket"),
            description: described("Rate and burst of the WebSocket API"),
            api_stages: vec![ApiStage {
                api_id: sockets.api.reference(),
                stage: socket_stage.reference(),
            }],
            throttle: throttle(),
            quota: None,
            tags: tags(),
        },
    );
    for (id, key, plan, there) in [
        ("RestUsagePlanKey", &first, &rest, Some(HAS_FIRST_KEY)),
        (
            "RestUsagePlanSecondKey",
            &second,
            &rest,
            Some(HAS_SECOND_KEY),
        ),
        (
            "WebSocketUsagePlanKey",
            &first,
            &websocket,
            Some(HAS_FIRST_KEY),
        ),
        (
            "WebSocketUsagePlanSecondKey",
            &second,
            &websocket,
            Some(HAS_SECOND_KEY),
        ),
        ("PageRestUsagePlanKey", &page_key, &rest, None),
        ("PageWebSocketUsagePlanKey", &page_key, &websocket, None),
    ] {
        let link = UsagePlanKey {
            key_id: key.key_id(),
            key_type: "API_KEY",
            usage_plan_id: plan.plan_id(),
        };
        let link = template.add(id, &link);
        if let Some(condition) = there {
            template.only_if(&link, condition);
        }
    }
    Usage {
        key: Expr::when(FIRST_KEY_IS_CURRENT, first.key_id(), second.key_id()),
        previous: Expr::when(FIRST_KEY_IS_CURRENT, second.key_id(), first.key_id()),
        page_key,
        rest,
        websocket,
    }
}

/// What a plan is, and which keys it knows: the console says how far a rotation is, and a change
/// set shows it on the plans as well, also where it does not look behind conditions.
fn described(what: &'static str) -> Expr {
    sub![what, "; API keys: ", Expr::parameter(parameters::API_KEYS)]
}

/// A key; of the operators' two, both are there only while one is rotated.
fn key(
    template: &mut Template,
    id: &str,
    (name, description): (Expr, &'static str),
    there: Option<&'static str>,
) -> Handle<ApiKey> {
    let resource = ApiKey {
        name,
        description,
        enabled: true,
        tags: tags(),
    };
    let key = template.add(id, &resource);
    if let Some(condition) = there {
        template.only_if(&key, condition);
    }
    key
}

const fn throttle() -> Throttle {
    Throttle {
        rate_limit: limits::RATE_PER_SECOND,
        burst_limit: limits::BURST,
    }
}
