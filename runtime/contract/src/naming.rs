//! Names in the account: stacks, prefix, tags, stages, scratch tables.

use crate::Table;

/// DEP-1: the stack's name where none is given.
pub const DEFAULT_STACK: &str = "SupporterEngagementStack";

/// DEP-2: the prefix of the default stack's tables, functions, roles and log groups.
pub const DEFAULT_PREFIX: &str = "SupporterEngagement";

/// DEP-1: the region where none is given to `xtask deploy`.
pub const DEFAULT_REGION: &str = "us-west-2";

/// The stack, one per account and region, with the artifact bucket and API Gateway's log role.
pub const BOOTSTRAP_STACK: &str = "SupporterEngagementBootstrap";

/// The stage of both APIs.
pub const STAGE: &str = "v1";

/// Tag key on everything that can carry tags; its value is [`PROJECT`].
pub const PROJECT_TAG: &str = "Project";

/// Value of [`PROJECT_TAG`].
pub const PROJECT: &str = "SupporterEngagementPlatform";

/// Tag key whose value is the name of the stack that made the resource; by it a retained table is
/// recognised.
pub const STACK_TAG: &str = "SupporterEngagementStack";

/// Tag key whose value is the `Environment` parameter.
pub const ENVIRONMENT_TAG: &str = "Environment";

/// DEP-2: the default prefix for the default stack, else the stack's own name.
pub fn prefix_of(stack: &str) -> &str {
    if stack == DEFAULT_STACK {
        DEFAULT_PREFIX
    } else {
        stack
    }
}

/// The log group that the REST API's executions go to; API Gateway chooses the name.
pub fn rest_execution_log(api_id: &str) -> String {
    format!("API-Gateway-Execution-Logs_{api_id}/{STAGE}")
}

/// The log group that the WebSocket API's executions go to; API Gateway chooses the name.
pub fn socket_execution_log(api_id: &str) -> String {
    format!("/aws/apigateway/{api_id}/{STAGE}")
}

/// What the names of a platform's scratch tables begin with: `PREFIX-rehearsal-LABEL-TABLE`, where the
/// label says who rehearses a restore.
pub fn rehearsal_start(prefix: &str) -> String {
    format!("{prefix}-rehearsal-")
}

/// The label in the name of a scratch table; `None` where it is the name of something else.
pub fn rehearsal_label<'a>(prefix: &str, name: &'a str) -> Option<&'a str> {
    let rest = name.strip_prefix(rehearsal_start(prefix).as_str())?;
    let (label, table) = rest.rsplit_once('-')?;
    let known = Table::ALL.into_iter().any(|one| one.name() == table);
    known.then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_scratch_tables_name_has_a_label() {
        let start = rehearsal_start("Blue");
        let name = format!("{start}1-alice-at-laptop-Users");
        assert_eq!(rehearsal_label("Blue", &name), Some("1-alice-at-laptop"));
        for other in ["Blue-Users", "Blue-rehearsal-x", "Green-rehearsal-1-Users"] {
            assert_eq!(rehearsal_label("Blue", other), None, "{other}");
        }
    }
}
