//! What a change means, as data. The first rule that holds decides; where none holds, a changed
//! property [`interrupts`](Grade::Interrupts): what nobody has thought about is looked at.

use super::{Action, Grade};
use Action::{Add, MayReplace, Release, Remove, Replace};
use Grade::{Interrupts, LosesData, Safe, WidensAccess};

/// How a property has to change for a rule to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any way.
    Any,
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// Its number is greater, or it is no longer there: a limit is weaker.
    RaisedOrRemoved,
    /// Its number is smaller.
    Lowered,
    /// Its number is greater.
    Raised,
    /// It was true and is not.
    Off,
    /// It was not true and is.
    On,
    /// It has this value now, and had not.
    Becomes(&'static str),
    /// It had this value, and has not now.
    Leaves(&'static str),
}

/// What a property's change means.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The resource's type; `*` for every type.
    pub kind: &'static str,
    /// The start of the property's path; a step `*` is any one step, `**` any number of them.
    pub path: &'static str,
    /// How it changes.
    pub when: When,
    /// What that is.
    pub grade: Grade,
    /// The same in words.
    pub means: &'static str,
}

/// What the fate of a whole resource means.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// The resource's type.
    pub kind: &'static str,
    /// What happens to it; every action where empty.
    pub actions: &'static [Action],
    /// What that is.
    pub grade: Grade,
    /// The same in words.
    pub means: &'static str,
}

const fn rule(
    kind: &'static str,
    path: &'static str,
    when: When,
    grade: Grade,
    means: &'static str,
) -> Rule {
    Rule {
        kind,
        path,
        when,
        grade,
        means,
    }
}

const fn fate(
    kind: &'static str,
    actions: &'static [Action],
    grade: Grade,
    means: &'static str,
) -> Fate {
    Fate {
        kind,
        actions,
        grade,
        means,
    }
}

const TABLE: &str = "AWS::DynamoDB::Table";
const BUCKET: &str = "AWS::S3::Bucket";
const FUNCTION: &str = "AWS::Lambda::Function";
const LOGS: &str = "AWS::Logs::LogGroup";
const ROLE: &str = "AWS::IAM::Role";
const METHOD: &str = "AWS::ApiGateway::Method";
const VALIDATOR: &str = "AWS::ApiGateway::RequestValidator";
const MODEL: &str = "AWS::ApiGateway::Model";
const DEPLOYMENT: &str = "AWS::ApiGateway::Deployment";
const REST_STAGE: &str = "AWS::ApiGateway::Stage";
const USAGE_PLAN: &str = "AWS::ApiGateway::UsagePlan";
const PLAN_KEY: &str = "AWS::ApiGateway::UsagePlanKey";
const KEY: &str = "AWS::ApiGateway::ApiKey";
const RESPONSE: &str = "AWS::ApiGateway::GatewayResponse";
const ROUTE: &str = "AWS::ApiGatewayV2::Route";
const SOCKET_STAGE: &str = "AWS::ApiGatewayV2::Stage";
const SOCKET_API: &str = "AWS::ApiGatewayV2::Api";
const AUTHORIZER: &str = "AWS::ApiGatewayV2::Authorizer";
const PAGE: &str = "AWS::Amplify::App";
const ALARM: &str = "AWS::CloudWatch::Alarm";

/// Types that keep what people have entrusted to us.
pub const STATEFUL: [&str; 3] = [TABLE, BUCKET, "AWS::KMS::Key"];

/// Types of which it is known which properties make CloudFormation replace the resource; no other
/// property does. While such a resource changes in place, its name, id and ARN stay, and what
/// refers to it does not change with it. Source: "Update requires" in the resource reference of the
/// CloudFormation user guide.
pub const REPLACING: &[(&str, &[&str])] = &[
    (
        TABLE,
        &[
            "TableName",
            "KeySchema",
            "LocalSecondaryIndexes",
            "ImportSourceSpecification",
        ],
    ),
    (BUCKET, &["BucketName"]),
    (FUNCTION, &["FunctionName", "PackageType"]),
    (LOGS, &["LogGroupName"]),
    (ROLE, &["RoleName", "Path"]),
    ("AWS::ApiGateway::RestApi", &[]),
    (
        "AWS::ApiGateway::Resource",
        &["ParentId", "PathPart", "RestApiId"],
    ),
    (METHOD, &["HttpMethod", "ResourceId", "RestApiId"]),
    (VALIDATOR, &["Name", "RestApiId"]),
    (MODEL, &["ContentType", "Name", "RestApiId"]),
    (RESPONSE, &["ResponseType", "RestApiId"]),
    (DEPLOYMENT, &["RestApiId"]),
    (REST_STAGE, &["RestApiId", "StageName"]),
    (USAGE_PLAN, &[]),
    (PLAN_KEY, &["KeyId", "KeyType", "UsagePlanId"]),
    (KEY, &["GenerateDistinctId", "Name", "Value"]),
    (SOCKET_API, &["ProtocolType"]),
    (ROUTE, &["ApiId"]),
    ("AWS::ApiGatewayV2::Integration", &["ApiId"]),
    (AUTHORIZER, &["ApiId"]),
    (SOCKET_STAGE, &["ApiId", "StageName"]),
    (ALARM, &["AlarmName"]),
    ("AWS::CloudWatch::Dashboard", &["DashboardName"]),
];

/// Fates of whole resources. What is not listed: made and adopted is safe, all else interrupts.
pub const FATES: &[Fate] = &[
    fate(
        TABLE,
        &[Remove],
        LosesData,
        "the table is deleted with all its items",
    ),
    fate(
        TABLE,
        &[Release],
        LosesData,
        "the platform loses the table; it stays outside the stack with its items",
    ),
    fate(
        TABLE,
        &[Replace, MayReplace],
        LosesData,
        "an empty table takes its place; the items stay in the old one, outside the stack, where it is retained",
    ),
    fate(
        BUCKET,
        &[Remove, Replace, MayReplace],
        LosesData,
        "the bucket goes, or an empty one takes its place",
    ),
    fate(
        BUCKET,
        &[Release],
        LosesData,
        "the bucket leaves the stack, and stays with its objects",
    ),
    fate(
        "AWS::KMS::Key",
        &[Remove, Release, Replace, MayReplace],
        LosesData,
        "what this key encrypts cannot be read without it",
    ),
    fate(
        DEPLOYMENT,
        &[],
        Safe,
        "a deployment is a picture of the routes; the stage turns to the newest",
    ),
    fate(
        USAGE_PLAN,
        &[Remove],
        WidensAccess,
        "its throttle and quota go",
    ),
    fate(
        PLAN_KEY,
        &[Add],
        WidensAccess,
        "one more key may call an API",
    ),
    fate(KEY, &[Add], WidensAccess, "one more key"),
    fate(
        KEY,
        &[Remove, Replace, MayReplace],
        Interrupts,
        "clients need another key",
    ),
    fate(
        VALIDATOR,
        &[Remove],
        WidensAccess,
        "requests reach the function unchecked",
    ),
    fate(
        AUTHORIZER,
        &[Remove],
        WidensAccess,
        "nobody is asked at the door",
    ),
    fate(
        "AWS::ApiGateway::Authorizer",
        &[Remove],
        WidensAccess,
        "nobody is asked at the door",
    ),
    fate(
        "AWS::WAFv2::WebACLAssociation",
        &[Remove],
        WidensAccess,
        "the firewall goes",
    ),
    fate(
        "AWS::Lambda::Url",
        &[Add],
        WidensAccess,
        "a function gets an address of its own",
    ),
    fate(ALARM, &[Remove], Interrupts, "nobody is told any more"),
    fate(
        "AWS::CloudWatch::Dashboard",
        &[],
        Safe,
        "a dashboard only shows",
    ),
    fate(LOGS, &[Remove, Replace], Interrupts, "its logs are deleted"),
    fate(LOGS, &[Release], Safe, "its logs stay, outside the stack"),
];

/// What changed properties mean.
pub const RULES: &[Rule] = &[
    // Every type.
    rule("*", "Tags", When::Any, Safe, "a tag"),
    rule("*", "Description", When::Any, Safe, "words for people"),
    rule("*", "Metadata", When::Any, Safe, "words for people"),
    // Tables: DB-1 to DB-7.
    rule(
        TABLE,
        "KeySchema",
        When::Any,
        LosesData,
        "another key means another, empty table",
    ),
    rule(
        TABLE,
        "TableName",
        When::Any,
        LosesData,
        "another name means another, empty table",
    ),
    rule(
        TABLE,
        "AttributeDefinitions.*.AttributeType",
        When::Added,
        Interrupts,
        "one more attribute for a key or an index",
    ),
    rule(
        TABLE,
        "AttributeDefinitions.*.AttributeName",
        When::Any,
        Interrupts,
        "the attributes of keys and indexes",
    ),
    rule(
        TABLE,
        "AttributeDefinitions.*.AttributeType",
        When::Removed,
        Interrupts,
        "the attributes of keys and indexes",
    ),
    rule(
        TABLE,
        "AttributeDefinitions",
        When::Any,
        LosesData,
        "another type of a key means another, empty table",
    ),
    rule(
        TABLE,
        "LocalSecondaryIndexes",
        When::Any,
        LosesData,
        "such an index cannot be changed without another, empty table",
    ),
    rule(
        TABLE,
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        When::Off,
        LosesData,
        "the table can no longer be restored to an earlier moment, and the moments kept so far go",
    ),
    rule(
        TABLE,
        "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        When::On,
        Safe,
        "the table can be restored to an earlier moment",
    ),
    rule(
        TABLE,
        "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
        When::Raised,
        Safe,
        "earlier moments are kept for longer",
    ),
    rule(
        TABLE,
        "PointInTimeRecoverySpecification.RecoveryPeriodInDays",
        When::Added,
        Safe,
        "earlier moments are kept for so many days",
    ),
    rule(
        TABLE,
        "PointInTimeRecoverySpecification",
        When::Any,
        LosesData,
        "the earlier moments it could be restored to go",
    ),
    rule(
        TABLE,
        "DeletionProtectionEnabled",
        When::On,
        Safe,
        "the table is protected from deletion",
    ),
    rule(
        TABLE,
        "DeletionProtectionEnabled",
        When::Any,
        LosesData,
        "the table is no longer protected from deletion",
    ),
    rule(
        TABLE,
        "DeletionPolicy",
        When::Becomes("Retain"),
        Safe,
        "the table stays when it leaves the stack",
    ),
    rule(
        TABLE,
        "DeletionPolicy",
        When::Any,
        LosesData,
        "the table would go with the stack",
    ),
    rule(
        TABLE,
        "UpdateReplacePolicy",
        When::Becomes("Retain"),
        Safe,
        "the table stays when another takes its place",
    ),
    rule(
        TABLE,
        "UpdateReplacePolicy",
        When::Any,
        LosesData,
        "the table would go when another takes its place",
    ),
    rule(
        TABLE,
        "TimeToLiveSpecification",
        When::Added,
        LosesData,
        "items whose time has passed are deleted",
    ),
    rule(
        TABLE,
        "TimeToLiveSpecification.AttributeName",
        When::Any,
        LosesData,
        "items expire by another attribute",
    ),
    rule(
        TABLE,
        "TimeToLiveSpecification.Enabled",
        When::On,
        LosesData,
        "items whose time has passed are deleted",
    ),
    rule(
        TABLE,
        "TimeToLiveSpecification",
        When::Any,
        Interrupts,
        "items no longer expire",
    ),
    rule(
        TABLE,
        "SSESpecification.SSEEnabled",
        When::On,
        Safe,
        "the table is encrypted with a key of the account",
    ),
    rule(
        TABLE,
        "SSESpecification.SSEEnabled",
        When::Any,
        WidensAccess,
        "the table is no longer encrypted with a key of the account",
    ),
    rule(
        TABLE,
        "BillingMode",
        When::Any,
        Interrupts,
        "capacity, and the bill, work differently",
    ),
    // Buckets.
    rule(
        BUCKET,
        "BucketName",
        When::Any,
        LosesData,
        "another name means another, empty bucket",
    ),
    rule(
        BUCKET,
        "VersioningConfiguration.Status",
        When::Leaves("Enabled"),
        LosesData,
        "overwritten objects can no longer be brought back",
    ),
    rule(
        BUCKET,
        "PublicAccessBlockConfiguration",
        When::On,
        Safe,
        "one way for the public to read is closed",
    ),
    rule(
        BUCKET,
        "PublicAccessBlockConfiguration",
        When::Any,
        WidensAccess,
        "the bucket may become public",
    ),
    rule(
        BUCKET,
        "BucketEncryption",
        When::Removed,
        WidensAccess,
        "objects are no longer encrypted as declared",
    ),
    rule(
        BUCKET,
        "LifecycleConfiguration",
        When::Any,
        Interrupts,
        "objects expire at other times",
    ),
    rule(
        BUCKET,
        "DeletionPolicy",
        When::Leaves("Retain"),
        LosesData,
        "the bucket would go with the stack",
    ),
    // Functions: FN-1 to FN-6.
    rule(FUNCTION, "Code", When::Any, Safe, "new code"),
    rule(FUNCTION, "MemorySize", When::Raised, Safe, "more memory"),
    rule(
        FUNCTION,
        "MemorySize",
        When::Any,
        Interrupts,
        "less memory: it may be slower, or not suffice",
    ),
    rule(FUNCTION, "Timeout", When::Raised, Safe, "more time"),
    rule(
        FUNCTION,
        "Timeout",
        When::Any,
        Interrupts,
        "less time: long answers are cut off",
    ),
    rule(
        FUNCTION,
        "Role",
        When::Any,
        WidensAccess,
        "it runs with another role",
    ),
    rule(
        FUNCTION,
        "Environment",
        When::Any,
        Interrupts,
        "it is told something else",
    ),
    rule(
        FUNCTION,
        "Architectures",
        When::Any,
        Interrupts,
        "it runs on another processor",
    ),
    rule(
        FUNCTION,
        "Runtime",
        When::Any,
        Interrupts,
        "it runs on another runtime",
    ),
    rule(
        FUNCTION,
        "LoggingConfig",
        When::Any,
        Interrupts,
        "its logs go elsewhere, or look different",
    ),
    rule(FUNCTION, "TracingConfig", When::Any, Safe, "tracing"),
    rule(
        FUNCTION,
        "ReservedConcurrentExecutions",
        When::Any,
        Interrupts,
        "another number may run at once",
    ),
    // Logs: OBS-1, OBS-2.
    rule(
        LOGS,
        "RetentionInDays",
        When::Raised,
        Safe,
        "logs are kept for longer",
    ),
    rule(
        LOGS,
        "RetentionInDays",
        When::Removed,
        Safe,
        "logs are kept for ever",
    ),
    rule(
        LOGS,
        "RetentionInDays",
        When::Any,
        Interrupts,
        "older logs are deleted",
    ),
    // Roles; what they allow is compared in `access`.
    rule(
        ROLE,
        "MaxSessionDuration",
        When::RaisedOrRemoved,
        WidensAccess,
        "a session lasts longer",
    ),
    rule(
        ROLE,
        "PermissionsBoundary",
        When::Any,
        WidensAccess,
        "another boundary of what it may be allowed",
    ),
    rule(
        ROLE,
        "RoleName",
        When::Any,
        Interrupts,
        "another role takes its place",
    ),
    // REST API: REST-5 to REST-9.
    rule(
        METHOD,
        "ApiKeyRequired",
        When::On,
        Interrupts,
        "callers without a key are refused",
    ),
    rule(
        METHOD,
        "ApiKeyRequired",
        When::Any,
        WidensAccess,
        "anybody may call it without a key",
    ),
    rule(
        METHOD,
        "AuthorizationType",
        When::Becomes("NONE"),
        WidensAccess,
        "nobody is asked who they are",
    ),
    rule(
        METHOD,
        "AuthorizerId",
        When::Removed,
        WidensAccess,
        "nobody is asked who they are",
    ),
    rule(
        METHOD,
        "RequestValidatorId",
        When::Added,
        Interrupts,
        "requests that do not fit are refused",
    ),
    rule(
        METHOD,
        "RequestValidatorId",
        When::Removed,
        WidensAccess,
        "requests reach the function unchecked",
    ),
    rule(
        METHOD,
        "RequestModels",
        When::Removed,
        WidensAccess,
        "bodies reach the function unchecked",
    ),
    rule(
        METHOD,
        "RequestParameters",
        When::Off,
        WidensAccess,
        "a parameter is no longer required",
    ),
    rule(
        METHOD,
        "RequestParameters",
        When::Removed,
        WidensAccess,
        "a parameter is no longer required",
    ),
    rule(
        METHOD,
        "Integration.IntegrationResponses.*.ResponseParameters.method.response.header.Access-Control-Allow-Origin",
        When::Becomes("'*'"),
        WidensAccess,
        "pages of every origin may call it",
    ),
    rule(
        METHOD,
        "Integration.IntegrationResponses",
        When::Any,
        Interrupts,
        "browsers are told other rules",
    ),
    rule(
        METHOD,
        "MethodResponses",
        When::Any,
        Interrupts,
        "browsers are told other rules",
    ),
    rule(
        METHOD,
        "Integration.Uri",
        When::Any,
        Interrupts,
        "another function answers",
    ),
    rule(
        VALIDATOR,
        "ValidateRequestBody",
        When::Off,
        WidensAccess,
        "bodies reach the function unchecked",
    ),
    rule(
        VALIDATOR,
        "ValidateRequestParameters",
        When::Off,
        WidensAccess,
        "parameters reach the function unchecked",
    ),
    rule(
        MODEL,
        "Schema.**.maxLength",
        When::RaisedOrRemoved,
        WidensAccess,
        "longer input is let in",
    ),
    rule(
        MODEL,
        "Schema.**.maximum",
        When::RaisedOrRemoved,
        WidensAccess,
        "greater numbers are let in",
    ),
    rule(
        MODEL,
        "Schema.**.additionalProperties",
        When::Any,
        WidensAccess,
        "other fields are let in, or no longer",
    ),
    rule(
        MODEL,
        "Schema.**.pattern",
        When::Any,
        WidensAccess,
        "other texts are let in",
    ),
    rule(
        MODEL,
        "Schema.**.enum",
        When::Any,
        WidensAccess,
        "other values are let in",
    ),
    rule(
        MODEL,
        "Schema.**.required",
        When::Any,
        WidensAccess,
        "other fields may be left out",
    ),
    rule(
        MODEL,
        "Schema",
        When::Any,
        Interrupts,
        "other requests are refused",
    ),
    rule(
        RESPONSE,
        "ResponseTemplates",
        When::Any,
        Safe,
        "another wording of an error",
    ),
    rule(
        RESPONSE,
        "ResponseParameters",
        When::Added,
        Safe,
        "one more header on errors",
    ),
    rule(
        RESPONSE,
        "ResponseParameters",
        When::Any,
        Interrupts,
        "browsers may not see this error any more",
    ),
    rule(
        REST_STAGE,
        "DeploymentId",
        When::Any,
        Safe,
        "the newest routes go live",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.ThrottlingRateLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "more requests a second are let through",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.ThrottlingBurstLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "more requests at once are let through",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.DataTraceEnabled",
        When::On,
        WidensAccess,
        "whole requests, with what they say of people, go to the log",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.DataTraceEnabled",
        When::Any,
        Safe,
        "whole requests no longer go to the log",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.LoggingLevel",
        When::Any,
        Safe,
        "more or less is logged",
    ),
    rule(
        REST_STAGE,
        "MethodSettings.*.MetricsEnabled",
        When::On,
        Safe,
        "more is measured",
    ),
    rule(
        REST_STAGE,
        "AccessLogSetting.Format",
        When::Any,
        Safe,
        "access logs look different",
    ),
    rule(
        REST_STAGE,
        "MethodSettings",
        When::Any,
        Interrupts,
        "limits or logs of the API",
    ),
    rule(
        USAGE_PLAN,
        "Throttle.RateLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "a key may send more requests a second",
    ),
    rule(
        USAGE_PLAN,
        "Throttle.BurstLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "a key may send more requests at once",
    ),
    rule(
        USAGE_PLAN,
        "Throttle",
        When::Any,
        Interrupts,
        "a key may send fewer requests",
    ),
    rule(
        USAGE_PLAN,
        "Quota.Limit",
        When::RaisedOrRemoved,
        WidensAccess,
        "a key may send more requests a day",
    ),
    rule(
        USAGE_PLAN,
        "Quota.Limit",
        When::Any,
        Interrupts,
        "a key may send fewer requests a day",
    ),
    rule(
        USAGE_PLAN,
        "Quota.Period",
        When::Any,
        WidensAccess,
        "the quota is counted otherwise",
    ),
    rule(
        USAGE_PLAN,
        "ApiStages",
        When::Removed,
        Interrupts,
        "its keys no longer reach an API",
    ),
    rule(
        USAGE_PLAN,
        "ApiStages",
        When::Any,
        WidensAccess,
        "its keys reach another API, or with other limits",
    ),
    rule(
        KEY,
        "Enabled",
        When::Off,
        Interrupts,
        "clients with this key are refused",
    ),
    rule(
        KEY,
        "Enabled",
        When::Any,
        WidensAccess,
        "clients with this key are let in",
    ),
    // WebSocket API: WS-1 to WS-4.
    rule(
        ROUTE,
        "ApiKeyRequired",
        When::On,
        Interrupts,
        "callers without a key are refused",
    ),
    rule(
        ROUTE,
        "ApiKeyRequired",
        When::Any,
        WidensAccess,
        "anybody may connect without a key",
    ),
    rule(
        ROUTE,
        "AuthorizationType",
        When::Becomes("NONE"),
        WidensAccess,
        "nobody is asked at the door",
    ),
    rule(
        ROUTE,
        "AuthorizerId",
        When::Removed,
        WidensAccess,
        "nobody is asked at the door",
    ),
    rule(
        ROUTE,
        "Target",
        When::Any,
        Interrupts,
        "another function answers",
    ),
    rule(
        AUTHORIZER,
        "IdentitySource",
        When::Any,
        WidensAccess,
        "other callers reach the authorizer",
    ),
    rule(
        AUTHORIZER,
        "AuthorizerUri",
        When::Any,
        WidensAccess,
        "another function decides who is let in",
    ),
    rule(
        SOCKET_API,
        "ApiKeySelectionExpression",
        When::Any,
        WidensAccess,
        "the key is looked for elsewhere",
    ),
    rule(
        SOCKET_API,
        "CorsConfiguration",
        When::Any,
        WidensAccess,
        "pages of other origins may call it",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.ThrottlingRateLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "more messages a second are let through",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.ThrottlingBurstLimit",
        When::RaisedOrRemoved,
        WidensAccess,
        "more messages at once are let through",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.DataTraceEnabled",
        When::On,
        WidensAccess,
        "whole messages, with what they say of people, go to the log",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.DataTraceEnabled",
        When::Any,
        Safe,
        "whole messages no longer go to the log",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.LoggingLevel",
        When::Any,
        Safe,
        "more or less is logged",
    ),
    rule(
        SOCKET_STAGE,
        "DefaultRouteSettings.DetailedMetricsEnabled",
        When::On,
        Safe,
        "more is measured",
    ),
    rule(
        SOCKET_STAGE,
        "AccessLogSettings.Format",
        When::Any,
        Safe,
        "access logs look different",
    ),
    rule(
        "AWS::Lambda::Url",
        "AuthType",
        When::Becomes("NONE"),
        WidensAccess,
        "anybody may call the function",
    ),
    // The page: WEB-1.
    rule(
        PAGE,
        "BasicAuthConfig.EnableBasicAuth",
        When::Off,
        WidensAccess,
        "whoever knows its address opens the page",
    ),
    rule(
        PAGE,
        "BasicAuthConfig",
        When::Any,
        Interrupts,
        "the page asks for another password, or for one",
    ),
    // Alarms and dashboards: OBS-2 to OBS-4.
    rule(
        ALARM,
        "ActionsEnabled",
        When::Off,
        Interrupts,
        "nobody is told any more",
    ),
    rule(
        ALARM,
        "AlarmActions",
        When::Removed,
        Interrupts,
        "nobody is told any more",
    ),
    rule(
        ALARM,
        "OKActions",
        When::Any,
        Safe,
        "who is told when all is well again",
    ),
    rule(ALARM, "AlarmActions", When::Any, Safe, "others are told"),
    rule(
        ALARM,
        "AlarmDescription",
        When::Any,
        Safe,
        "words for people",
    ),
    rule(
        ALARM,
        "Threshold",
        When::Raised,
        Interrupts,
        "the alarm goes off later",
    ),
    rule(
        ALARM,
        "Threshold",
        When::Any,
        Safe,
        "the alarm goes off earlier",
    ),
    rule(
        "AWS::CloudWatch::Dashboard",
        "DashboardBody",
        When::Any,
        Safe,
        "a dashboard only shows",
    ),
];
