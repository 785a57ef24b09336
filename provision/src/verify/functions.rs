//! Functions: FN-1 to FN-6, and their logs (OBS-2).

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::arrows::arrows_from;
use contract::functions::LAMBDA_RUNTIME;
use contract::{Function, Target};

use super::arns::Names;
use super::report::Check;
use crate::live::LiveFunction;

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
    let name = function.physical_name(&names.prefix);
    let id = function.requirement();
    let mut checks = vec![Check::exists(id, &name, live.is_some())];
    let Some(live) = live else { return checks };
    checks.extend([
        Check::new(
            id,
            &name,
            "memory (MB)",
            function.memory_mb(),
            live.memory_mb,
        ),
        Check::new(
            id,
            &name,
            "timeout (s)",
            function.timeout().as_secs(),
            live.timeout_seconds,
        ),
        Check::new(id, &name, "runtime", LAMBDA_RUNTIME, &live.runtime),
        Check::new(
            id,
            &name,
            "architecture",
            &code.architecture,
            &live.architecture,
        ),
        Check::new("SEC-1", &name, "role", names.role(function), &live.role),
        Check::new("OBS-2", &name, "log format", "JSON", &live.log_format),
        Check::new(
            "OBS-2",
            &name,
            "log group",
            function.log_group(&names.prefix),
            &live.log_group,
        ),
    ]);
    checks.extend(code.sha256.get(&function).map(|sha256| {
        Check::new(
            id,
            &name,
            "code (SHA-256)",
            sha256,
            hex_of(&live.code_sha256),
        )
    }));
    checks.extend(environment_checks(function, names, live));
    checks
}

/// Exactly the arrows' variables, with the right values.
fn environment_checks(function: Function, names: &Names, live: &LiveFunction) -> Vec<Check> {
    let name = function.physical_name(&names.prefix);
    let id = function.requirement();
    let expected = environment(function, names);
    let of = |variable: &str| format!("environment {variable}");
    let mut checks: Vec<Check> = expected
        .iter()
        .map(|(variable, value)| {
            let live = live
                .environment
                .get(*variable)
                .map_or("not set", String::as_str);
            Check::new(id, &name, of(variable), value, live)
        })
        .collect();
    let strange = live
        .environment
        .iter()
        .filter(|(name, _)| !expected.contains_key(name.as_str()));
    checks.extend(
        strange.map(|(variable, value)| Check::new(id, &name, of(variable), "not set", value)),
    );
    checks
}

fn environment(function: Function, names: &Names) -> BTreeMap<&'static str, String> {
    let value = |target: Target| match target {
        Target::Function(callee) => Some(callee.physical_name(&names.prefix)),
        Target::Table(table) => Some(table.physical_name(&names.prefix)),
        Target::Model => Some(names.model.clone()),
        Target::Connections => Some(names.connections_endpoint()),
        Target::OwnLogGroup => None,
    };
    arrows_from(function)
        .filter_map(|arrow| Some((arrow.to.env()?, value(arrow.to)?)))
        .collect()
}

/// Lambda gives hashes in base64; whatever is none is shown as it is.
fn hex_of(sha256: &str) -> String {
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
