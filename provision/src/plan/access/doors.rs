//! Routes that anybody may call.

use serde_json::json;

use crate::plan::document::{Resource, plain};
use crate::plan::{Grade, PropertyChange};

/// Routes that become callable without key or authorizer because they are new.
pub(super) fn doors(before: Option<&Resource>, after: Option<&Resource>) -> Option<PropertyChange> {
    let (None, Some(route)) = (before, after) else {
        return None;
    };
    let text = |name: &str| route.properties.get(name).map(plain).unwrap_or_default();
    let open = text("ApiKeyRequired") != "true"
        && matches!(text("AuthorizationType").as_str(), "" | "NONE");
    let door = match route.kind.as_str() {
        // A preflight has no key, and answers without a function.
        "AWS::ApiGateway::Method" => text("HttpMethod") != "OPTIONS",
        // Other routes of a WebSocket are reached only through `$connect`.
        "AWS::ApiGatewayV2::Route" => {
            !text("RouteKey").starts_with('$') && text("RouteKey").contains('/')
                || text("RouteKey") == "$connect"
        }
        _ => false,
    };
    (door && open).then(|| PropertyChange {
        path: "ApiKeyRequired".to_owned(),
        after: Some(json!(false)),
        grade: Grade::WidensAccess,
        means: "a public route: anybody may call it without a key".to_owned(),
        ..PropertyChange::default()
    })
}
