//! Functions: FN-1 to FN-6, and their logs (OBS-2).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::arrows::arrows_from;
use contract::functions::LAMBDA_RUNTIME;
use contract::{Function, Target};

use super::arns::Names;
use super::report::{Check, Comparisons};
use crate::live::LiveFunction;

/// How a finding names a function's code.
pub const CODE: &str = "code (SHA-256)";

/// What a function's code shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Architecture.
    pub architecture: String,
    /// SHA-256 of each function's package, lower-case hex.
    pub sha256: BTreeMap<Function, String>,
}

/// Compares a function.
pub fn checks(
    function: Function,
    names: &Names,
    code: &Code,
    live: Option<&LiveFunction>,
) -> Vec<Check> {
    let id = function.requirement();
    let mut of = Comparisons::of(function.physical_name(&names.prefix));
    let Some(live) = of.exists(id, live) else {
        return of.done();
    };
    of.add(id, "memory (MB)", function.memory_mb(), live.memory_mb);
    of.add(
        id,
        "timeout (s)",
        function.timeout().as_secs(),
        live.timeout_seconds,
    );
    of.add(id, "runtime", LAMBDA_RUNTIME, &live.runtime);
    of.add(id, "architecture", &code.architecture, &live.architecture);
    of.add("SEC-1", "role", names.role(function), &live.role);
    of.add("OBS-2", "log format", "JSON", &live.log_format);
    of.add(
        "OBS-2",
        "log group",
        function.log_group(&names.prefix),
        &live.log_group,
    );
    if let Some(sha256) = code.sha256.get(&function) {
        of.add(id, CODE, sha256, hex_of(&live.code_sha256));
    }
    compare_environment(&mut of, function, names, live);
    of.done()
}

/// Exactly the arrows' variables, with the right values.
fn compare_environment(
    of: &mut Comparisons,
    function: Function,
    names: &Names,
    live: &LiveFunction,
) {
    let id = function.requirement();
    let expected = environment(function, names);
    let what = |variable: &str| format!("environment {variable}");
    for (variable, value) in &expected {
        let live = live.environment.get(*variable);
        of.add(
            id,
            what(variable),
            value,
            live.map_or("not set", String::as_str),
        );
    }
    for (variable, value) in &live.environment {
        if !expected.contains_key(variable.as_str()) {
            of.add(id, what(variable), "not set", value);
        }
    }
}

fn environment(function: Function, names: &Names) -> BTreeMap<&'static str, String> {
    let value = |target: Target| match target {
        Target::Function(callee) => Some(callee.physical_name(&names.prefix)),
        Target::Table(table) => Some(table.physical_name(&names.prefix)),
        Target::Model => Some(names.model.clone()),
        Target::Connections => Some(names.connections_endpoint()),
        Target::OwnLogGroup => Some(names.stack_id.clone()),
    };
    let locations =
        arrows_from(function).filter_map(|arrow| Some((arrow.to.env()?, value(arrow.to)?)));
    let settings = arrows_from(function)
        .filter(|arrow| arrow.to == Target::Model)
        .flat_map(|_| names.model_settings.clone());
    locations.chain(settings).collect()
}

/// Lambda gives hashes in base64; whatever is none is shown as it is.
pub(crate) fn hex_of(sha256: &str) -> String {
    STANDARD.decode(sha256).map_or_else(
        |_| sha256.to_owned(),
        |bytes| {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::arns::tests::names;
    use super::*;

    fn code() -> Code {
        let sha256 = Function::ALL.map(|function| (function, "00".repeat(32)));
        Code {
            architecture: "arm64".into(),
            sha256: sha256.into(),
        }
    }

    fn sound() -> LiveFunction {
        LiveFunction {
            arn: String::new(),
            memory_mb: 1024,
            timeout_seconds: 60,
            runtime: "provided.al2023".into(),
            architecture: "arm64".into(),
            role: "arn:aws:iam::111122223333:role/Blue-ws-message".into(),
            environment: BTreeMap::from([
                ("AGENT_FUNCTION".into(), "Blue-personalization-agent".into()),
                (
                    "CONNECTIONS_ENDPOINT".into(),
                    "https://ws1.execute-api.us-west-2.amazonaws.com/v1".into(),
                ),
                ("SESSIONS_TABLE".into(), "Blue-Sessions".into()),
                (contract::env::LOG_HASH_KEY.into(), names().stack_id),
            ]),
            code_sha256: STANDARD.encode([0; 32]),
            log_format: "JSON".into(),
            log_group: "/aws/lambda/Blue-ws-message".into(),
        }
    }

    fn findings(live: &LiveFunction) -> Vec<String> {
        let checks = checks(Function::WsMessage, &names(), &code(), Some(live));
        checks
            .into_iter()
            .filter(Check::differs)
            .map(|check| check.what)
            .collect()
    }

    #[test]
    fn a_sound_function_has_no_findings() {
        assert_eq!(findings(&sound()), [""; 0]);
    }

    #[test]
    fn replaced_code_is_a_finding() {
        let live = LiveFunction {
            code_sha256: STANDARD.encode([1; 32]),
            ..sound()
        };
        assert_eq!(findings(&live), ["code (SHA-256)"]);
    }

    #[test]
    fn a_variable_that_no_arrow_gives_is_a_finding() {
        let mut live = sound();
        live.environment.remove("SESSIONS_TABLE");
        live.environment.insert("DEBUG".into(), "1".into());
        assert_eq!(
            findings(&live),
            ["environment SESSIONS_TABLE", "environment DEBUG"]
        );
    }
}
