//! Other platforms beside the target's.

use aws_sdk_cloudformation::types::{Stack, StackStatus};
use contract::{Failure, naming};
use deploy_target::OrExplain;

use super::Client;

impl Client<'_> {
    /// The names of this project's stacks in the region, without the target's and the bootstrap
    /// stack; sorted.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn siblings(&self) -> Result<Vec<String>, Failure> {
        self.siblings_that(|_| true).await
    }

    /// Those of them that are platforms: of a stack that was never finished, nothing is there.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub async fn platforms(&self) -> Result<Vec<String>, Failure> {
        self.siblings_that(is_there).await
    }

    async fn siblings_that(&self, wanted: fn(&Stack) -> bool) -> Result<Vec<String>, Failure> {
        let own = [self.target().stack.as_str(), naming::BOOTSTRAP_STACK];
        let mut pages = self
            .clients
            .cloudformation
            .describe_stacks()
            .into_paginator()
            .items()
            .send();
        let mut found = Vec::new();
        while let Some(stack) = pages.next().await {
            let stack = stack.or_explain(self.target(), "cannot list the stacks of the region")?;
            let ours = is_ours(&stack) && wanted(&stack);
            let name = stack.stack_name.unwrap_or_default();
            if ours && !own.contains(&name.as_str()) {
                found.push(name);
            }
        }
        found.sort();
        Ok(found)
    }
}

fn is_ours(stack: &Stack) -> bool {
    let mut tags = stack.tags().iter();
    tags.any(|tag| tag.key() == Some(naming::PROJECT_TAG) && tag.value() == Some(naming::PROJECT))
}

/// Whether more than a name is left of it.
fn is_there(stack: &Stack) -> bool {
    !matches!(
        stack.stack_status(),
        Some(StackStatus::ReviewInProgress | StackStatus::RollbackComplete)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_was_never_finished_is_no_platform() {
        let of = |status| is_there(&Stack::builder().stack_status(status).build());
        assert!(of(StackStatus::CreateComplete) && of(StackStatus::UpdateRollbackComplete));
        assert!(of(StackStatus::CreateFailed), "what was made stays");
        assert!(!of(StackStatus::RollbackComplete) && !of(StackStatus::ReviewInProgress));
    }
}
