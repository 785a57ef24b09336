//! The API keys and the usage plans of both APIs (REST-7 to REST-9, WS-4).

use contract::limits;

use super::names::{prefixed, tags};
use super::rest_api::RestApi;
use super::websocket_api::WebSocketApi;
use crate::cfn::apigateway::{ApiKey, ApiStage, Quota, Throttle, UsagePlan, UsagePlanKey};
use crate::cfn::apigatewayv2;
use crate::cfn::{Handle, Template};

/// The keys, which both plans know, and the plans.
pub struct Usage {
    /// The operators' key.
    pub key: Handle<ApiKey>,
    /// The page's own, so that it can be revoked alone.
    pub page_key: Handle<ApiKey>,
    /// The REST API's plan.
    pub rest: Handle<UsagePlan>,
    /// The WebSocket API's plan.
    pub websocket: Handle<UsagePlan>,
}

/// Declares key and plans. The quota is on the REST plan only.
pub fn plans(
    template: &mut Template,
    rest: &RestApi,
    sockets: &WebSocketApi,
    socket_stage: &Handle<apigatewayv2::Stage>,
) -> Usage {
    let key = template.add(
        "ApiKey",
        &ApiKey {
            name: prefixed(""),
            description: "Key for both APIs of the platform",
            enabled: true,
            tags: tags(),
        },
    );
    let page_key = template.add(
        "PageApiKey",
        &ApiKey {
            name: prefixed("-page"),
            description: "Key of the page, for both APIs",
            enabled: true,
            tags: tags(),
        },
    );
    let rest = template.add(
        "RestUsagePlan",
        &UsagePlan {
            usage_plan_name: prefixed("-rest"),
            description: "Rate, burst and daily quota of the REST API",
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
            description: "Rate and burst of the WebSocket API",
            api_stages: vec![ApiStage {
                api_id: sockets.api.reference(),
                stage: socket_stage.reference(),
            }],
            throttle: throttle(),
            quota: None,
            tags: tags(),
        },
    );
    for (id, key, plan) in [
        ("RestUsagePlanKey", &key, &rest),
        ("WebSocketUsagePlanKey", &key, &websocket),
        ("PageRestUsagePlanKey", &page_key, &rest),
        ("PageWebSocketUsagePlanKey", &page_key, &websocket),
    ] {
        let link = UsagePlanKey {
            key_id: key.key_id(),
            key_type: "API_KEY",
            usage_plan_id: plan.plan_id(),
        };
        template.add(id, &link);
    }
    Usage {
        key,
        page_key,
        rest,
        websocket,
    }
}

const fn throttle() -> Throttle {
    Throttle {
        rate_limit: limits::RATE_PER_SECOND,
        burst_limit: limits::BURST,
    }
}
