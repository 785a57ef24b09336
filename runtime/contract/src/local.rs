//! The local target: where its files are, and what is particular to it.

use std::path::Path;

/// Folder (in the workspace) with the local engine's venv, state and description.
pub const DIR: &str = ".local";

/// Environment variable that names another folder than [`DIR`].
pub const DIR_ENV: &str = "SUPPORTER_LOCAL_DIR";

/// In that folder: JSON `{"pid","port","endpoint"}` of the running engine; absent when stopped.
pub const ENGINE_FILE: &str = "engine.json";

/// In that folder: JSON `{"pid","port","url"}` of the program that serves a stack's page.
pub fn page_file(stack: &str) -> String {
    format!("page-{stack}.json")
}

/// Whether a file of that folder is a [`page_file`].
pub fn is_page_file(name: &str) -> bool {
    let stack = name
        .strip_prefix("page-")
        .and_then(|rest| rest.strip_suffix(".json"));
    stack.is_some()
}

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

/// For test suites: the Python that has the contract fuzzer installed (`-m schemathesis.cli`).
pub const FUZZER_PYTHON_ENV: &str = "SUPPORTER_FUZZER_PYTHON";

/// For test suites: the chromedriver that drives the browser, or [`LEFT_OUT`].
pub const BROWSER_ENV: &str = "SUPPORTER_BROWSER";

/// For test suites: the file with axe-core, which looks for what keeps people out.
pub const AXE_ENV: &str = "SUPPORTER_AXE";

/// For test suites: folder that pictures of the page are written to.
pub const PICTURES_ENV: &str = "SUPPORTER_PICTURES";

/// Instead of a program: this machine has none, and the tests that need it are left out.
pub const LEFT_OUT: &str = "none";

/// Path that answers 200 once the engine is well.
pub const HEALTH_PATH: &str = "/_ministack/health";

/// The engine's whole environment, to be started with nothing else: it leaks into the functions.
///
/// `tmp` is the engine's own folder for passing files. With `state`, what it holds is saved in
/// these two folders (the services', and S3's objects) when it is stopped (SIGTERM), and read again
/// when it starts.
pub fn engine_environment(
    port: u16,
    tmp: &Path,
    state: Option<(&Path, &Path)>,
) -> Vec<(&'static str, String)> {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let mut environment: Vec<(&'static str, String)> = vec![
        ("PATH", "/usr/local/bin:/usr/bin:/bin".into()),
        ("LANG", "C.UTF-8".into()),
        ("PYTHONUNBUFFERED", "1".into()),
        ("HOME", text(tmp)),
        ("TMPDIR", text(tmp)),
        ("BIND_HOST", "127.0.0.1".into()),
        ("GATEWAY_PORT", port.to_string()),
        ("EDGE_PORT", port.to_string()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("MINISTACK_REGION", REGION.into()),
        ("SFTP_ENABLED", "0".into()),
        ("IOT_MTLS_ENABLED", "0".into()),
        ("LAMBDA_EXECUTOR", "local".into()),
        ("AUTH", "true".into()),
        // A chat holds two: ws-message waits for the agent. With the engine's own 64, chats at once
        // would take all of them and wait for each other.
        ("MINISTACK_WORKER_THREADS", "512".into()),
    ];
    if let Some((state, objects)) = state {
        environment.extend([
            ("PERSIST_STATE", "1".into()),
            ("STATE_DIR", text(state)),
            ("S3_PERSIST", "1".into()),
            ("S3_DATA_DIR", text(objects)),
        ]);
    }
    environment
}
