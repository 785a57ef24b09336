//! `AWS::ApiGatewayV2::*`: WS-1 to WS-4.

use super::kind::When::{Added, Any, Becomes, Leaves, Loosened, On, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::Remove;
use crate::plan::Grade::{Interrupts, Safe, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[API, ROUTE, INTEGRATION, AUTHORIZER, STAGE];

#[rustfmt::skip]
const API: Kind = Kind {
    name: "AWS::ApiGatewayV2::Api",
    stateful: false,
    replaced_by: Some(&["ProtocolType"]),
    fates: &[],
    rules: &[
        rule("ApiKeySelectionExpression", Any, WidensAccess, "the key is looked for elsewhere"),
        rule("CorsConfiguration", Any, WidensAccess, "pages of other origins may call it"),
    ],
};

#[rustfmt::skip]
const ROUTE: Kind = Kind {
    name: "AWS::ApiGatewayV2::Route",
    stateful: false,
    replaced_by: Some(&["ApiId"]),
    fates: &[],
    rules: &[
        rule("ApiKeyRequired", On, Interrupts, "callers without a key are refused"),
        rule("ApiKeyRequired", Any, WidensAccess, "anybody may connect without a key"),
        rule("AuthorizationType", Becomes("NONE"), WidensAccess, "nobody is asked at the door"),
        rule("AuthorizationType", Removed, WidensAccess, "nobody is asked at the door"),
        rule("AuthorizationType", Added, Interrupts, "callers are asked at the door"),
        rule("AuthorizationType", Leaves("NONE"), Interrupts, "callers are asked at the door"),
        rule("AuthorizationType", Any, WidensAccess, "callers are asked otherwise"),
        rule("AuthorizerId", Added, Interrupts, "callers are asked at the door"),
        rule("AuthorizerId", Removed, WidensAccess, "nobody is asked at the door"),
        rule("AuthorizerId", Any, WidensAccess, "another decides who is let in"),
        rule("Target", Any, Interrupts, "another function answers"),
    ],
};

#[rustfmt::skip]
const INTEGRATION: Kind = Kind {
    name: "AWS::ApiGatewayV2::Integration",
    stateful: false,
    replaced_by: Some(&["ApiId"]),
    fates: &[],
    rules: &[],
};

#[rustfmt::skip]
const AUTHORIZER: Kind = Kind {
    name: "AWS::ApiGatewayV2::Authorizer",
    stateful: false,
    replaced_by: Some(&["ApiId"]),
    fates: &[
        fate(&[Remove], WidensAccess, "nobody is asked at the door"),
    ],
    rules: &[
        rule("IdentitySource", Any, WidensAccess, "other callers reach the authorizer"),
        rule("AuthorizerUri", Any, WidensAccess, "another function decides who is let in"),
    ],
};

#[rustfmt::skip]
const STAGE: Kind = Kind {
    name: "AWS::ApiGatewayV2::Stage",
    stateful: false,
    replaced_by: Some(&["ApiId", "StageName"]),
    fates: &[],
    rules: &[
        rule("DefaultRouteSettings.ThrottlingRateLimit", Loosened, WidensAccess,
            "more messages a second are let through"),
        rule("DefaultRouteSettings.ThrottlingBurstLimit", Loosened, WidensAccess,
            "more messages at once are let through"),
        rule("RouteSettings", Any, WidensAccess,
            "a route has limits of its own in place of those of all, or others"),
        rule("DefaultRouteSettings.DataTraceEnabled", On, WidensAccess,
            "whole messages, with what they say of people, go to the log"),
        rule("DefaultRouteSettings.DataTraceEnabled", Any, Safe, "whole messages no longer go to the log"),
        rule("DefaultRouteSettings.LoggingLevel", Any, Safe, "more or less is logged"),
        rule("DefaultRouteSettings.DetailedMetricsEnabled", On, Safe, "more is measured"),
        rule("AccessLogSettings.Format", Any, Safe, "access logs look different"),
    ],
};
