//! The local target: where its files are, and what is particular to it.

/// Folder (in the workspace) with the local engine's venv, state and description.
pub const DIR: &str = ".local";

/// Environment variable that names another folder than [`DIR`].
pub const DIR_ENV: &str = "SUPPORTER_LOCAL_DIR";

/// In that folder: JSON `{"pid","port","endpoint"}` of the running engine; absent when stopped.
pub const ENGINE_FILE: &str = "engine.json";

/// The region the local engine plays.
pub const REGION: &str = "us-west-2";

/// The account the local engine plays.
pub const ACCOUNT: &str = "000000000000";

/// The access key of the local engine's administrator; the secret is the same word.
pub const ACCESS_KEY: &str = "test";

/// The inline role policy by which the local step closes the engine's own IAM gaps. Never on AWS.
pub const POLICY: &str = "local-target";

/// Path under the engine's endpoint where both APIs are served: `{endpoint}{this}/{api}/{stage}`.
pub const EXECUTE_API_PATH: &str = "/_aws/execute-api";

/// For test suites: folder with the packages that `cargo xtask package` wrote.
pub const PACKAGE_DIR_ENV: &str = "SUPPORTER_PACKAGE_DIR";

/// For test suites: the Python that has the local engine installed (`-m ministack` starts one).
pub const ENGINE_PYTHON_ENV: &str = "SUPPORTER_ENGINE_PYTHON";
