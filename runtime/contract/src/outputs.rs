//! Outputs of the stacks, and the further keys of `provision outputs --json`.

/// Base URL of the REST API, with stage, without a trailing slash.
pub const REST_API_URL: &str = "RestApiUrl";
/// URL of the WebSocket API, with stage.
pub const WEB_SOCKET_URL: &str = "WebSocketUrl";
/// Id of the API key that both usage plans know.
pub const API_KEY_ID: &str = "ApiKeyId";
/// Id of the REST API.
pub const REST_API_ID: &str = "RestApiId";
/// Id of the WebSocket API.
pub const WEB_SOCKET_API_ID: &str = "WebSocketApiId";
/// Id of the REST API's usage plan.
pub const REST_USAGE_PLAN_ID: &str = "RestUsagePlanId";
/// Id of the WebSocket API's usage plan.
pub const WEB_SOCKET_USAGE_PLAN_ID: &str = "WebSocketUsagePlanId";
/// Id of the page's own API key, which both usage plans know as well.
pub const PAGE_API_KEY_ID: &str = "PageApiKeyId";
/// Id of the hosting app of the page; only where the page is hosted.
pub const PAGE_APP_ID: &str = "PageAppId";
/// URL of the page; only where the page is hosted.
pub const PAGE_URL: &str = "PageUrl";
/// The prefix of tables, functions, roles and log groups.
pub const PREFIX: &str = "Prefix";
/// The `Environment` parameter.
pub const ENVIRONMENT: &str = "Environment";
/// The inference profile the agent asks.
pub const MODEL_ID: &str = "ModelId";

/// The outputs of the platform's stack.
pub const PLATFORM: [&str; 13] = [
    REST_API_URL,
    WEB_SOCKET_URL,
    API_KEY_ID,
    REST_API_ID,
    WEB_SOCKET_API_ID,
    REST_USAGE_PLAN_ID,
    WEB_SOCKET_USAGE_PLAN_ID,
    PAGE_API_KEY_ID,
    PAGE_APP_ID,
    PAGE_URL,
    PREFIX,
    ENVIRONMENT,
    MODEL_ID,
];

/// Id of the API key that clients move away from; only while a key is rotated.
pub const PREVIOUS_API_KEY_ID: &str = "PreviousApiKeyId";
/// Id of the page's API key that it moves away from; only while that is rotated.
pub const PREVIOUS_PAGE_API_KEY_ID: &str = "PreviousPageApiKeyId";

/// Only with `--with-key`: the key's value.
pub const API_KEY: &str = "ApiKey";
/// The endpoint of the AWS APIs: the local engine's, or `null` for AWS's own.
pub const ENDPOINT_URL: &str = "EndpointUrl";

/// Bootstrap stack: the bucket that templates and packages go through.
pub const ARTIFACT_BUCKET: &str = "ArtifactBucket";
