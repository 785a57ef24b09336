//! What both APIs have alike: addresses and logs.

use contract::{naming, parameters};

use super::names::{prefixed, tags};
use super::parameters::SERVED_ELSEWHERE;
use crate::cfn::logs::LogGroup;
use crate::cfn::{Expr, Handle, Resource, Template, account, partition, region, sub, url_suffix};

/// The log groups of an API.
pub(super) struct LogGroups {
    /// A line a request.
    pub access: Handle<LogGroup>,
    /// What API Gateway says of its work.
    pub execution: Handle<LogGroup>,
}

/// Declares both, kept for as long as the parameter says: `{Prefix}{access}`, and `execution`,
/// which is how API Gateway names it.
pub(super) fn log_groups(
    template: &mut Template,
    id: &str,
    access: &str,
    execution: Expr,
) -> LogGroups {
    let mut group = |kind: &str, log_group_name| {
        let group = LogGroup {
            log_group_name,
            retention_in_days: Expr::parameter(parameters::LOG_RETENTION_DAYS),
            tags: tags(),
        };
        template.add(format!("{id}{kind}LogGroup"), &group)
    };
    LogGroups {
        access: group("Access", sub!["/", prefixed(access)]),
        execution: group("Execution", execution),
    }
}

/// A line of JSON over context variables.
pub(super) fn access_log_line(fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, variable)| format!("\"{name}\":\"{variable}\""))
        .collect();
    format!("{{{}}}", fields.join(","))
}

/// `arn:…:execute-api:…:{api}/{rest}`
pub(super) fn execute_arn<T: Resource>(api: &Handle<T>, rest: Expr) -> Expr {
    sub![
        "arn:",
        partition(),
        ":execute-api:",
        region(),
        ":",
        account(),
        ":",
        api,
        "/",
        rest
    ]
}

/// `…/{api}/{stage}` under the execute-api base that the parameter gives, with `scheme` on AWS.
///
/// The base's own scheme is kept, so that `https://…` under it serves `wss` as well: `socket`
/// swaps its leading `http` for `ws`.
pub(super) fn stage_url(api: &Expr, scheme: &str, socket: bool) -> Expr {
    let base = Expr::parameter(parameters::EXECUTE_API_BASE);
    let base = if socket {
        sub![
            "ws",
            Expr::Select(1, Box::new(Expr::Split("http".into(), Box::new(base))))
        ]
    } else {
        base
    };
    let elsewhere = sub![base, "/", api, "/", naming::STAGE];
    let on_aws = sub![
        scheme,
        "://",
        api,
        ".execute-api.",
        region(),
        ".",
        url_suffix(),
        "/",
        naming::STAGE
    ];
    Expr::when(SERVED_ELSEWHERE, elsewhere, on_aws)
}
