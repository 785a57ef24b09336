//! What an operation without rollback may not do.

use contract::Failure;

use crate::plan::{Action, Plan};

/// CloudFormation replaces nothing in an operation without rollback.
///
/// # Errors
/// Exit 3 where the plan would.
pub(super) fn may_keep(plan: &Plan, keep: bool, flags: &str) -> Result<(), Failure> {
    let replaced: Vec<&str> = plan
        .of(Action::Replace)
        .map(|change| change.id.as_str())
        .collect();
    if !keep || replaced.is_empty() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "without rollback nothing can be replaced, and this replaces {}",
        replaced.join(", ")
    ))
    .hint(format!(
        "where an earlier deployment failed, first: cargo provision rollback {flags}; then \
         without --no-rollback: cargo provision apply {flags}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Change;

    #[test]
    fn nothing_is_replaced_without_rollback() {
        let replaced = Change::new(Action::Replace, "SearchRole", "AWS::IAM::Role");
        let plan = Plan::new("Blue", vec![replaced]);
        assert!(may_keep(&plan, false, "--local").is_ok());
        let refusal = may_keep(&plan, true, "--local").unwrap_err();
        assert!(refusal.to_string().ends_with("this replaces SearchRole"));
        assert!(may_keep(&Plan::new("Blue", vec![]), true, "--local").is_ok());
    }
}
