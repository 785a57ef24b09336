//! The role that API Gateway writes logs with: one for the account and region.

use contract::naming::BOOTSTRAP_STACK;

use super::finding::Finding;

/// What there is of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LogRole {
    /// Whether the bootstrap stack, which sets it, is there.
    pub bootstrapped: bool,
    /// The role that the bootstrap stack made, where it is there.
    pub ours: Option<String>,
    /// The role that API Gateway has.
    pub set: Option<String>,
    /// Whether that role lives; `None` where IAM does not tell.
    pub lives: Option<bool>,
}

/// Whether API Gateway can write logs.
pub(super) fn log_role(role: &LogRole) -> Finding {
    let look = "log role";
    match role {
        LogRole { set: None, bootstrapped: false, .. } => {
            Finding::ok(look, format!("none yet; {BOOTSTRAP_STACK} makes and sets it"))
        }
        LogRole { set: None, bootstrapped: true, ours, .. } => {
            Finding::error(look, "API Gateway has no role to write logs with")
                .because("it was taken away after the bootstrap stack had set it; a stage with logs cannot be made")
                .next(set_again(ours.as_deref()))
        }
        LogRole { set: Some(set), lives: Some(false), ours, .. } => {
            Finding::error(look, format!("the role API Gateway writes logs with is gone: {set}"))
                .because("it was deleted in IAM; a stage with logs cannot be made")
                .next(set_again(ours.as_deref().filter(|ours| ours != set)))
        }
        LogRole { set: Some(set), bootstrapped: false, .. } => {
            Finding::warning(look, format!("the account has one already: {set}"))
                .because(format!("{BOOTSTRAP_STACK} sets one of its own for all APIs of this account and region"))
                .next(format!(
                    "see when the other was used last: aws iam get-role --role-name {}; it stays in IAM",
                    set.rsplit('/').next().unwrap_or(set),
                ))
        }
        LogRole { set: Some(set), .. } => Finding::ok(look, set),
    }
}

fn set_again(ours: Option<&str>) -> String {
    match ours {
        Some(arn) => format!(
            "aws apigateway update-account --patch-operations \
             op=replace,path=/cloudwatchRoleArn,value={arn}"
        ),
        None => format!(
            "make it again: aws cloudformation delete-stack --stack-name {BOOTSTRAP_STACK} (its \
             bucket stays), then deploy"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    const OURS: &str =
        "arn:aws:iam::111122223333:role/SupporterEngagementBootstrap-ApiGatewayLogRole-1";

    fn set(role: Option<&str>) -> LogRole {
        LogRole {
            bootstrapped: true,
            ours: Some(OURS.into()),
            set: role.map(Into::into),
            lives: role.map(|_| true),
        }
    }

    #[test]
    fn a_missing_role_is_an_error_with_the_command_that_sets_it() {
        let finding = log_role(&set(None));
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.next.as_deref(),
            Some(
                "aws apigateway update-account --patch-operations \
                 op=replace,path=/cloudwatchRoleArn,value=arn:aws:iam::111122223333:role/\
                 SupporterEngagementBootstrap-ApiGatewayLogRole-1"
            )
        );
    }

    #[test]
    fn a_role_that_was_deleted_is_an_error() {
        let gone = LogRole {
            lives: Some(false),
            ours: None,
            ..set(Some(OURS))
        };
        let finding = log_role(&gone);
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.next.unwrap().starts_with("make it again"));
    }

    #[test]
    fn a_fresh_account_is_well_and_anothers_role_is_a_warning() {
        assert_eq!(log_role(&LogRole::default()).severity, Severity::Ok);
        assert_eq!(log_role(&set(Some(OURS))).severity, Severity::Ok);
        let others = LogRole {
            set: Some("arn:aws:iam::111122223333:role/other".into()),
            lives: Some(true),
            ..LogRole::default()
        };
        let finding = log_role(&others);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.next.unwrap().contains("--role-name other;"));
    }
}
