//! The API keys and the usage plans of both APIs (REST-7 to REST-9, WS-4).

use contract::{KeyHolder, limits, parameters};

use super::names::{prefixed, tags};
use super::parameters::KeyConditions;
use super::rest_api::RestApi;
use super::websocket_api::WebSocketApi;
use crate::cfn::apigateway::{ApiKey, ApiStage, Quota, Throttle, UsagePlan, UsagePlanKey};
use crate::cfn::apigatewayv2;
use crate::cfn::{Expr, Handle, Template, sub};

/// The keys, which both plans know, and the plans.
pub struct Usage {
    /// The operators'.
    pub keys: Keys,
    /// The page's own, so that they can be revoked alone.
    pub page_keys: Keys,
    /// The REST API's plan.
    pub rest: Handle<UsagePlan>,
    /// The WebSocket API's plan.
    pub websocket: Handle<UsagePlan>,
}

/// Ids of a holder's keys.
pub struct Keys {
    /// The key to use.
    pub current: Expr,
    /// The key to move away from, while there are two.
    pub previous: Expr,
}

/// Declares keys and plans. The quota is on the REST plan only.
pub fn plans(
    template: &mut Template,
    rest: &RestApi,
    sockets: &WebSocketApi,
    socket_stage: &Handle<apigatewayv2::Stage>,
) -> Usage {
    let pairs = KeyHolder::ALL.map(|holder| (holder, two(template, holder)));
    let stage = ApiStage {
        api_id: rest.api.reference(),
        stage: rest.stage.reference(),
    };
    let quota = Quota {
        limit: limits::QUOTA_PER_DAY,
        period: "DAY",
    };
    let words = "Rate, burst and daily quota of the REST API";
    let rest = plan(
        template,
        ("RestUsagePlan", "-rest", words),
        stage,
        Some(quota),
    );
    let stage = ApiStage {
        api_id: sockets.api.reference(),
        stage: socket_stage.reference(),
    };
    let words = "Rate and burst of the WebSocket API";
    let names = ("WebSocketUsagePlan", "-websocket", words);
    let websocket = plan(template, names, stage, None);
    for (holder, keys) in &pairs {
        for (id, key, plan, there) in links(*holder, keys, &rest, &websocket) {
            let link = UsagePlanKey {
                key_id: key.key_id(),
                key_type: "API_KEY",
                usage_plan_id: plan.plan_id(),
            };
            let link = template.add(id, &link);
            template.only_if(&link, there);
        }
    }
    let [keys, page_keys] = pairs.map(|(holder, [first, second])| {
        let first_is_current = KeyConditions::of(holder).first_is_current;
        Keys {
            current: Expr::when(first_is_current, first.key_id(), second.key_id()),
            previous: Expr::when(first_is_current, second.key_id(), first.key_id()),
        }
    });
    Usage {
        keys,
        page_keys,
        rest,
        websocket,
    }
}

/// A plan for an API's stage: its id, the end of its name, and what it is.
fn plan(
    template: &mut Template,
    (id, name, what): (&str, &'static str, &'static str),
    stage: ApiStage,
    quota: Option<Quota>,
) -> Handle<UsagePlan> {
    let plan = UsagePlan {
        usage_plan_name: prefixed(name),
        description: described(what),
        api_stages: vec![stage],
        throttle: throttle(),
        quota,
        tags: tags(),
    };
    template.add(id, &plan)
}

/// A holder's two keys, of which both are there only while one is replaced.
fn two(template: &mut Template, holder: KeyHolder) -> [Handle<ApiKey>; 2] {
    let (ids, names, description) = match holder {
        KeyHolder::Operators => (
            ["ApiKey", "SecondApiKey"],
            ["", "-second"],
            "Key for both APIs of the platform",
        ),
        KeyHolder::Page => (
            ["PageApiKey", "SecondPageApiKey"],
            ["-page", "-page-second"],
            "Key of the page, for both APIs",
        ),
    };
    let there = KeyConditions::of(holder);
    let there = [there.has_first, there.has_second];
    std::array::from_fn(|place| {
        let key = ApiKey {
            name: prefixed(names[place]),
            description,
            enabled: true,
            tags: tags(),
        };
        let key = template.add(ids[place], &key);
        template.only_if(&key, there[place]);
        key
    })
}

/// A plan's knowledge of a key: its id, the key, the plan, and when it is there.
type Link<'a> = (
    &'static str,
    &'a Handle<ApiKey>,
    &'a Handle<UsagePlan>,
    &'static str,
);

fn links<'a>(
    holder: KeyHolder,
    [first, second]: &'a [Handle<ApiKey>; 2],
    rest: &'a Handle<UsagePlan>,
    websocket: &'a Handle<UsagePlan>,
) -> [Link<'a>; 4] {
    let KeyConditions {
        has_first,
        has_second,
        ..
    } = KeyConditions::of(holder);
    let ids = match holder {
        KeyHolder::Operators => [
            "RestUsagePlanKey",
            "RestUsagePlanSecondKey",
            "WebSocketUsagePlanKey",
            "WebSocketUsagePlanSecondKey",
        ],
        KeyHolder::Page => [
            "PageRestUsagePlanKey",
            "PageRestUsagePlanSecondKey",
            "PageWebSocketUsagePlanKey",
            "PageWebSocketUsagePlanSecondKey",
        ],
    };
    [
        (ids[0], first, rest, has_first),
        (ids[1], second, rest, has_second),
        (ids[2], first, websocket, has_first),
        (ids[3], second, websocket, has_second),
    ]
}

/// What a plan is, and which keys it knows: the console says how far a rotation is, and a change
/// set shows it on the plans as well, also where it does not look behind conditions.
fn described(what: &'static str) -> Expr {
    sub![
        what,
        "; API keys: ",
        Expr::parameter(parameters::API_KEYS),
        "; the page's: ",
        Expr::parameter(parameters::PAGE_API_KEYS)
    ]
}

const fn throttle() -> Throttle {
    Throttle {
        rate_limit: limits::RATE_PER_SECOND,
        burst_limit: limits::BURST,
    }
}
