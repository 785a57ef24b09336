//! Who deploys, and where to.

use contract::{Failure, model};
use deploy_target::Target;

use super::finding::Finding;
use crate::apply::client::Identity;

/// Whose credentials these are.
pub(super) fn account(target: &Target, identity: &Result<Identity, Failure>) -> Finding {
    let look = "account";
    match identity {
        Err(failure) => Finding::error(look, failure.to_string())
            .explained_by(failure, "the service says no more than that"),
        // The local engine's administrator is a root user; there is no other.
        Ok(Identity { account, arn }) if arn.ends_with(":root") && !target.is_local() => {
            Finding::warning(look, format!("{account}, as its root user"))
                .because("the root user may do everything, and nobody can take that from it")
                .next(format!(
                    "use a role with the policy that this prints: cargo provision policy {}",
                    target.flags()
                ))
        }
        Ok(Identity { account, arn }) => Finding::ok(look, format!("{account}, as {arn}")),
    }
}

/// Whether the region's inference profiles are known.
pub(super) fn region(target: &Target, model: Option<&str>) -> Finding {
    let (look, region) = ("region", target.region());
    match (model::group_of_region(region), model) {
        (Some(group), _) => Finding::ok(
            look,
            format!(
                "{region}, whose inference profiles start with `{}.`",
                group.prefix
            ),
        ),
        (None, Some(model)) => Finding::warning(
            look,
            format!("{region} has no known group of inference profiles"),
        )
        .because(format!("whether it may call {model} is not known here"))
        .next(format!(
            "see whether it can: aws bedrock get-inference-profile --inference-profile-identifier \
             {model} --region {region}"
        )),
        (None, None) => Finding::error(
            look,
            format!("{region} has no known group of inference profiles"),
        )
        .because("so no default model is known for it")
        .next(format!(
            "list them: aws bedrock list-inference-profiles --region {region}; then deploy with \
             --model-id ID"
        )),
    }
}

#[cfg(test)]
mod tests {

    use super::super::finding::Severity;
    use super::*;

    fn target(region: &str) -> Target {
        Target::on_aws(region, "Blue")
    }

    #[test]
    fn credentials_that_do_not_work_are_an_error_with_the_next_command() {
        let failure = Failure::new("cannot find out who we are in us-west-2")
            .because("no credentials were found")
            .hint("sign in");
        let finding = account(&target("us-west-2"), &Err(failure));
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.cause.as_deref(), Some("no credentials were found"));
        assert_eq!(finding.next.as_deref(), Some("sign in"));
    }

    #[test]
    fn the_root_user_is_a_warning() {
        let identity = |arn: &str| {
            Ok(Identity {
                account: "111122223333".into(),
                arn: arn.into(),
            })
        };
        let of = |arn| account(&target("us-west-2"), &identity(arn)).severity;
        assert_eq!(of("arn:aws:iam::111122223333:root"), Severity::Warning);
        assert_eq!(of("arn:aws:iam::111122223333:user/root"), Severity::Ok);
    }

    #[test]
    fn a_region_of_no_known_group_needs_a_model() {
        assert_eq!(region(&target("us-west-2"), None).severity, Severity::Ok);
        assert_eq!(region(&target("sa-east-1"), None).severity, Severity::Error);
        let named = region(&target("sa-east-1"), Some("us.anthropic.x"));
        assert_eq!(named.severity, Severity::Warning);
        let next = named.next.unwrap();
        assert!(
            next.ends_with("us.anthropic.x --region sa-east-1"),
            "{next}"
        );
    }
}
