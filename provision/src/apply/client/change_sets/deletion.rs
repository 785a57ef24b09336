//! Deleting a change set, also one that is still being made.

use std::time::{Duration, Instant};

use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use contract::Failure;
use deploy_target::OrExplain;

use crate::apply::client::Client;

/// How long a change set may take to be made before it is deleted.
const PATIENCE: Duration = Duration::from_secs(30);

impl Client<'_> {
    /// Deletes a change set that was not executed; waits where it is still being made.
    ///
    /// # Errors
    /// Where CloudFormation refuses, or still does after [`PATIENCE`].
    pub async fn delete_change_set(&self, stack: &str, name: &str) -> Result<(), Failure> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(100);
        loop {
            let call = self.clients.cloudformation.delete_change_set();
            let answer = call.stack_name(stack).change_set_name(name).send().await;
            let early = answer.as_ref().is_err_and(|error| {
                let service = error.as_service_error();
                is_early(service.and_then(ProvideErrorMetadata::code))
            });
            if !early || Instant::now() > deadline {
                answer.or_explain(self.target(), "cannot delete the change set")?;
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }
}

/// Whether CloudFormation refuses since the change set is not there whole. Source: `DeleteChangeSet`,
/// API reference.
fn is_early(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("InvalidChangeSetStatus" | "InvalidChangeSetStatusException")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_set_that_is_being_made_is_waited_for() {
        assert!(is_early(Some("InvalidChangeSetStatus")));
        for other in [Some("AccessDenied"), Some("ValidationError"), None] {
            assert!(!is_early(other), "{other:?}");
        }
    }
}
