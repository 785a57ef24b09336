//! The bootstrap stack: one per account and region, before all others.

use std::collections::BTreeMap;

use contract::{Failure, naming, outputs};
use deploy_target::Origin;
use serde_yaml::Mapping;

use super::client::{Client, Request, TemplateSource};
use super::progress::Progress;
use super::review::Sides;
use super::running::Operation;
use super::stack::{Stack, Standing, is_running};
use super::{follow, gates, review};
use crate::cfn::limits::INLINE_BYTES;
use crate::output::note;
use crate::plan::document::{Resources, Scope};
use crate::stacks;

const STACK: &str = naming::BOOTSTRAP_STACK;

/// Waits while somebody is making or changing the bootstrap stack; how that ends is theirs to see
/// to.
///
/// # Errors
/// Where it cannot be read.
pub async fn wait(client: Client<'_>) -> Result<(), Failure> {
    let Some(stack) = client.stack(STACK).await? else {
        return Ok(());
    };
    let Some(operation) = Operation::on(client, &stack).await? else {
        return Ok(());
    };
    note(&format_args!(
        "{STACK}: {}, by {}; waiting for it",
        operation.status,
        operation
            .origin
            .as_ref()
            .map_or_else(|| "another program".to_owned(), Origin::shown)
    ));
    follow::to_end(client, &stack.id, None, Progress::new(0)).await?;
    Ok(())
}

/// The bootstrap stack as it is, and its template as it should be.
pub struct Bootstrap {
    stack: Option<Stack>,
    template: String,
    current: bool,
}

impl Bootstrap {
    /// Reads it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn read(client: Client<'_>) -> anyhow::Result<Self> {
        let template = stacks::bootstrap().to_yaml()?;
        let stack = client.stack(STACK).await?;
        let steady = Standing::of_stack(stack.as_ref()) == Standing::Steady;
        let current = steady && says_the_same(&client.template_of(STACK).await?, &template);
        Ok(Self {
            stack,
            template,
            current,
        })
    }

    /// The bucket, where there is one.
    pub fn live_bucket(&self) -> Option<&str> {
        self.stack
            .as_ref()?
            .outputs
            .get(outputs::ARTIFACT_BUCKET)
            .map(String::as_str)
    }

    /// Whether the stack has to be made.
    pub fn creates(&self) -> bool {
        !Standing::of_stack(self.stack.as_ref()).is_updatable()
    }

    /// Whether an earlier operation failed without rollback: only one of the same kind may follow.
    pub fn is_paused(&self) -> bool {
        Standing::of_stack(self.stack.as_ref()) == Standing::Paused
    }

    /// Whether it is what it should be.
    pub const fn is_current(&self) -> bool {
        self.current
    }

    /// Whether somebody has brought it to what it should be, or is about to.
    pub fn is_taken_care_of(&self) -> bool {
        let running = self
            .stack
            .as_ref()
            .is_some_and(|stack| is_running(&stack.status));
        self.current || running
    }

    /// The ARN of a failed stack that has to go first.
    pub fn failed(&self) -> Option<&str> {
        let stack = self.stack.as_ref()?;
        matches!(
            Standing::of(&stack.status),
            Standing::FailedCreate | Standing::FailedDelete
        )
        .then_some(stack.id.as_str())
    }

    /// The live template's resources and the new one's.
    ///
    /// # Errors
    /// Where the live template cannot be read.
    pub async fn sides(&self, client: Client<'_>) -> Result<Sides, Failure> {
        let scope = Scope {
            region: client.target().region().to_owned(),
            stack: STACK.to_owned(),
            ..Scope::default()
        };
        let before = if self.creates() {
            Resources::new()
        } else {
            let text = client.template_of(STACK).await?;
            review::of_template(&text, STACK, &scope)?
        };
        let after = review::of_template(&self.template, STACK, &scope)?;
        Ok(Sides { before, after })
    }

    /// What the stack shall become; `None` where it is that already.
    ///
    /// # Errors
    /// Where the stack is in a state that has to be mended first.
    pub fn request(&self, client: Client<'_>) -> Result<Option<Request>, Failure> {
        if self.current {
            return Ok(None);
        }
        gates::may_start(client.target(), STACK, self.stack.as_ref())?;
        let document = stacks::bootstrap().document();
        gates::fits(STACK, &document, self.template.len(), INLINE_BYTES)?;
        Ok(Some(Request {
            stack: STACK.to_owned(),
            name: Request::new_name(),
            create: self.creates(),
            template: TemplateSource::Inline(self.template.clone()),
            parameters: BTreeMap::new(),
            tags: BTreeMap::from([(naming::PROJECT_TAG.to_owned(), naming::PROJECT.to_owned())]),
            adopt: false,
        }))
    }
}

/// Whether two templates ask for the same. CloudFormation makes no change set for other words about
/// it, or for another way of writing it.
fn says_the_same(live: &str, wanted: &str) -> bool {
    let asked = |text: &str| {
        let mut document = serde_yaml::from_str::<Mapping>(text).ok()?;
        document.remove("Description");
        Some(document)
    };
    let wanted = asked(wanted);
    wanted.is_some() && asked(live) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_description_or_way_of_writing_asks_for_nothing_else() {
        let wanted = "Description: new\nResources:\n  A:\n    Type: T\n";
        for live in [
            wanted,
            "Resources: { A: { Type: T } }",
            "{\"Description\": \"old\", \"Resources\": {\"A\": {\"Type\": \"T\"}}}",
        ] {
            assert!(says_the_same(live, wanted), "{live}");
        }
        for live in ["Resources: { A: { Type: U } }", "", "no template", "{"] {
            assert!(!says_the_same(live, wanted), "{live}");
        }
    }
}
