//! `AWS::ApiGateway::*`: REST-5 to REST-9.

use super::kind::When::{Added, Any, Becomes, Leaves, Loosened, Off, On, RaisedOrRemoved, Removed};
use super::kind::{Kind, fate, rule};
use crate::plan::Action::{Add, MayReplace, Remove, Replace};
use crate::plan::Grade::{Interrupts, Safe, WidensAccess};

/// Every type of this service that is known.
pub(super) const KINDS: &[Kind] = &[
    REST_API,
    RESOURCE,
    METHOD,
    REQUEST_VALIDATOR,
    MODEL,
    GATEWAY_RESPONSE,
    DEPLOYMENT,
    STAGE,
    USAGE_PLAN,
    USAGE_PLAN_KEY,
    API_KEY,
    AUTHORIZER,
];

#[rustfmt::skip]
const REST_API: Kind = Kind {
    name: "AWS::ApiGateway::RestApi",
    stateful: false,
    replaced_by: Some(&[]),
    fates: &[],
    rules: &[],
};

#[rustfmt::skip]
const RESOURCE: Kind = Kind {
    name: "AWS::ApiGateway::Resource",
    stateful: false,
    replaced_by: Some(&["ParentId", "PathPart", "RestApiId"]),
    fates: &[],
    rules: &[],
};

#[rustfmt::skip]
const METHOD: Kind = Kind {
    name: "AWS::ApiGateway::Method",
    stateful: false,
    replaced_by: Some(&["HttpMethod", "ResourceId", "RestApiId"]),
    fates: &[],
    rules: &[
        rule("ApiKeyRequired", On, Interrupts, "callers without a key are refused"),
        rule("ApiKeyRequired", Any, WidensAccess, "anybody may call it without a key"),
        rule("AuthorizationType", Becomes("NONE"), WidensAccess, "nobody is asked who they are"),
        rule("AuthorizationType", Removed, WidensAccess, "nobody is asked who they are"),
        rule("AuthorizationType", Added, Interrupts, "callers are asked who they are"),
        rule("AuthorizationType", Leaves("NONE"), Interrupts, "callers are asked who they are"),
        rule("AuthorizationType", Any, WidensAccess, "callers are asked otherwise"),
        rule("AuthorizerId", Added, Interrupts, "callers are asked who they are"),
        rule("AuthorizerId", Removed, WidensAccess, "nobody is asked who they are"),
        rule("AuthorizerId", Any, WidensAccess, "another decides who is let in"),
        rule("RequestValidatorId", Added, Interrupts, "requests that do not fit are refused"),
        rule("RequestValidatorId", Removed, WidensAccess, "requests reach the function unchecked"),
        rule("RequestValidatorId", Any, WidensAccess, "another validator may check less"),
        rule("RequestModels", Added, Interrupts, "bodies that do not fit are refused"),
        rule("RequestModels", Removed, WidensAccess, "bodies reach the function unchecked"),
        rule("RequestModels", Any, WidensAccess, "another model may let more in"),
        rule("RequestParameters", Off, WidensAccess, "a parameter is no longer required"),
        rule("RequestParameters", Removed, WidensAccess, "a parameter is no longer required"),
        rule("Integration.IntegrationResponses.*.ResponseParameters.method.response.header.Access-Control-Allow-Origin", Becomes("'*'"), WidensAccess,
            "pages of every origin may call it"),
        rule("Integration.IntegrationResponses", Any, Interrupts, "browsers are told other rules"),
        rule("MethodResponses", Any, Interrupts, "browsers are told other rules"),
        rule("Integration.Uri", Any, Interrupts, "another function answers"),
    ],
};

#[rustfmt::skip]
const REQUEST_VALIDATOR: Kind = Kind {
    name: "AWS::ApiGateway::RequestValidator",
    stateful: false,
    replaced_by: Some(&["Name", "RestApiId"]),
    fates: &[
        fate(&[Remove], WidensAccess, "requests reach the function unchecked"),
    ],
    rules: &[
        rule("ValidateRequestBody", Off, WidensAccess, "bodies reach the function unchecked"),
        rule("ValidateRequestParameters", Off, WidensAccess, "parameters reach the function unchecked"),
    ],
};

#[rustfmt::skip]
const MODEL: Kind = Kind {
    name: "AWS::ApiGateway::Model",
    stateful: false,
    replaced_by: Some(&["ContentType", "Name", "RestApiId"]),
    fates: &[],
    rules: &[
        rule("Schema.**.maxLength", RaisedOrRemoved, WidensAccess, "longer input is let in"),
        rule("Schema.**.maximum", RaisedOrRemoved, WidensAccess, "greater numbers are let in"),
        rule("Schema.**.additionalProperties", Any, WidensAccess, "other fields are let in, or no longer"),
        rule("Schema.**.pattern", Any, WidensAccess, "other texts are let in"),
        rule("Schema.**.enum", Any, WidensAccess, "other values are let in"),
        rule("Schema.**.required", Any, WidensAccess, "other fields may be left out"),
        rule("Schema", Any, Interrupts, "other requests are refused"),
    ],
};

#[rustfmt::skip]
const GATEWAY_RESPONSE: Kind = Kind {
    name: "AWS::ApiGateway::GatewayResponse",
    stateful: false,
    replaced_by: Some(&["ResponseType", "RestApiId"]),
    fates: &[],
    rules: &[
        rule("ResponseTemplates", Any, Safe, "another wording of an error"),
        rule("ResponseParameters", Added, Safe, "one more header on errors"),
        rule("ResponseParameters", Any, Interrupts, "browsers may not see this error any more"),
    ],
};

#[rustfmt::skip]
const DEPLOYMENT: Kind = Kind {
    name: "AWS::ApiGateway::Deployment",
    stateful: false,
    replaced_by: Some(&["RestApiId"]),
    fates: &[
        fate(&[], Safe, "a deployment is a picture of the routes; the stage turns to the newest"),
    ],
    rules: &[],
};

#[rustfmt::skip]
const STAGE: Kind = Kind {
    name: "AWS::ApiGateway::Stage",
    stateful: false,
    replaced_by: Some(&["RestApiId", "StageName"]),
    fates: &[],
    rules: &[
        rule("DeploymentId", Any, Safe, "the newest routes go live"),
        rule("MethodSettings.*.ThrottlingRateLimit", Loosened, WidensAccess,
            "more requests a second are let through"),
        rule("MethodSettings.*.ThrottlingBurstLimit", Loosened, WidensAccess,
            "more requests at once are let through"),
        rule("MethodSettings.*.ResourcePath", Removed, Interrupts, "its path has the limits of all again"),
        rule("MethodSettings.*.ResourcePath", Any, WidensAccess,
            "its path has limits of its own, or none, in place of those of all"),
        rule("MethodSettings.*.HttpMethod", Added, Interrupts, "limits or logs of the API"),
        rule("MethodSettings.*.HttpMethod", Removed, Interrupts, "limits or logs of the API"),
        rule("MethodSettings.*.HttpMethod", Any, WidensAccess, "other requests have these limits"),
        rule("MethodSettings.*.DataTraceEnabled", On, WidensAccess,
            "whole requests, with what they say of people, go to the log"),
        rule("MethodSettings.*.DataTraceEnabled", Any, Safe, "whole requests no longer go to the log"),
        rule("MethodSettings.*.LoggingLevel", Any, Safe, "more or less is logged"),
        rule("MethodSettings.*.MetricsEnabled", On, Safe, "more is measured"),
        rule("AccessLogSetting.Format", Any, Safe, "access logs look different"),
        rule("MethodSettings", Any, Interrupts, "limits or logs of the API"),
    ],
};

#[rustfmt::skip]
const USAGE_PLAN: Kind = Kind {
    name: "AWS::ApiGateway::UsagePlan",
    stateful: false,
    replaced_by: Some(&[]),
    fates: &[
        fate(&[Remove], WidensAccess, "its throttle and quota go"),
    ],
    rules: &[
        rule("Throttle.RateLimit", Loosened, WidensAccess, "a key may send more requests a second"),
        rule("Throttle.BurstLimit", Loosened, WidensAccess, "a key may send more requests at once"),
        rule("Throttle", Any, Interrupts, "a key may send fewer requests"),
        rule("Quota.Limit", Loosened, WidensAccess, "a key may send more requests a day"),
        rule("Quota.Limit", Any, Interrupts, "a key may send fewer requests a day"),
        rule("Quota.Period", Any, WidensAccess, "the quota is counted otherwise"),
        rule("ApiStages.*.Throttle", Any, WidensAccess, "a key may send more requests to some routes"),
        rule("ApiStages", Removed, Interrupts, "its keys no longer reach an API"),
        rule("ApiStages", Any, WidensAccess, "its keys reach another API, or with other limits"),
    ],
};

#[rustfmt::skip]
const USAGE_PLAN_KEY: Kind = Kind {
    name: "AWS::ApiGateway::UsagePlanKey",
    stateful: false,
    replaced_by: Some(&["KeyId", "KeyType", "UsagePlanId"]),
    fates: &[
        fate(&[Add], WidensAccess, "one more key may call an API"),
    ],
    rules: &[],
};

#[rustfmt::skip]
const API_KEY: Kind = Kind {
    name: "AWS::ApiGateway::ApiKey",
    stateful: false,
    replaced_by: Some(&["GenerateDistinctId", "Name", "Value"]),
    fates: &[
        fate(&[Add], WidensAccess, "one more key"),
        fate(&[Remove, Replace, MayReplace], Interrupts, "clients need another key"),
    ],
    rules: &[
        rule("Enabled", Off, Interrupts, "clients with this key are refused"),
        rule("Enabled", Any, WidensAccess, "clients with this key are let in"),
    ],
};

#[rustfmt::skip]
const AUTHORIZER: Kind = Kind {
    name: "AWS::ApiGateway::Authorizer",
    stateful: false,
    replaced_by: None,
    fates: &[
        fate(&[Remove], WidensAccess, "nobody is asked at the door"),
    ],
    rules: &[],
};
