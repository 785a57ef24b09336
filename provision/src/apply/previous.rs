//! The deployment before the live one, exactly: its template, its parameters (which name the code's
//! objects by their hashes) and its tags, kept in the artifact bucket.
//!
//! What is about to change is kept beside it first, and takes its place once something did change:
//! a deployment that fails and is rolled back leaves the one before reachable.

use std::collections::BTreeMap;

use contract::Failure;
use serde::{Deserialize, Serialize};

use super::client::{Client, Request, TemplateSource};
use super::stack::{Stack, Standing};
use super::{packages, review};
use crate::plan::Plan;
use crate::plan::document::Scope;
use crate::plan::grade::graded;

/// A deployment that can be returned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// The ARN of the stack it was of: another stack of the same name has another history.
    pub stack_id: String,
    /// Its template, as it was sent.
    pub template: String,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
}

/// Its key in the artifact bucket.
fn key(stack: &str) -> String {
    format!("previous/{stack}.json")
}

/// The key of what was live when the last change began. A stack's name has no dots.
fn next_key(stack: &str) -> String {
    format!("previous/{stack}.next.json")
}

impl Previous {
    /// The live deployment of `stack`.
    async fn live(client: Client<'_>, stack: &Stack) -> Result<Self, Failure> {
        Ok(Self {
            stack_id: stack.id.clone(),
            template: client.template_of(&stack.id).await?,
            parameters: stack.parameters.clone(),
            tags: stack.tags.clone(),
        })
    }

    /// Keeps the live deployment of `stack`, which is about to change, beside the one before it.
    ///
    /// # Errors
    /// Where it cannot be read or written.
    pub async fn keep(client: Client<'_>, bucket: &str, stack: &Stack) -> anyhow::Result<()> {
        // What a killed process changed last would be forgotten.
        let live = Self::promoted(client, bucket, stack).await?;
        let key = next_key(&client.target().stack);
        live.write(client, bucket, &key).await
    }

    /// Lets what was kept take the place of the deployment before, where the stack has changed since.
    ///
    /// # Errors
    /// Where something cannot be read or written.
    pub async fn promote(client: Client<'_>, bucket: &str) -> anyhow::Result<()> {
        if let Some(stack) = client.stack(&client.target().stack).await? {
            Self::promoted(client, bucket, &stack).await?;
        }
        Ok(())
    }

    /// As [`Previous::promote`]; gives the live deployment.
    async fn promoted(client: Client<'_>, bucket: &str, stack: &Stack) -> anyhow::Result<Self> {
        let live = Self::live(client, stack).await?;
        let name = &client.target().stack;
        let next = client.object(bucket, &next_key(name)).await?;
        // What cannot be read is written anew by the next change.
        let next = next.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        if let Some(next) = next
            && next.gave_way_to(&live, &Standing::of(&stack.status))
        {
            next.write(client, bucket, &key(name)).await?;
        }
        Ok(live)
    }

    /// Whether this, live when the last change began, is what `live` came after. A change that failed
    /// was rolled back to this very deployment; one without rollback leaves a stack that does not
    /// rest. So a resting stack that is another than this was changed, whoever saw the end of it.
    fn gave_way_to(&self, live: &Self, standing: &Standing) -> bool {
        *standing == Standing::Steady && self.stack_id == live.stack_id && self != live
    }

    async fn write(&self, client: Client<'_>, bucket: &str, key: &str) -> anyhow::Result<()> {
        let json = serde_json::to_vec(self)?;
        client.put_object(bucket, key, json).await?;
        Ok(())
    }

    /// What returning to it means; `plan` is what CloudFormation says of that.
    ///
    /// # Errors
    /// Where either template cannot be read.
    pub async fn plan(
        &self,
        client: Client<'_>,
        stack: &Stack,
        plan: &Plan,
    ) -> Result<Plan, Failure> {
        let of = |text: &str, parameters: &BTreeMap<String, String>| {
            let scope = Scope {
                parameters: parameters.clone(),
                region: client.target().region().to_owned(),
                stack: client.target().stack.clone(),
                ..Scope::default()
            };
            review::of_template(text, &stack.id, &scope)
        };
        let before = of(&client.template_of(&stack.id).await?, &stack.parameters)?;
        let after = of(&self.template, &self.parameters)?;
        Ok(graded(plan, &before, &after))
    }

    /// The deployment to return to; `None` where `stack` is that already, since an earlier call whose
    /// end nobody saw has returned to it.
    ///
    /// # Errors
    /// Exit 3 where none was kept; exit 1 where it cannot be read.
    pub async fn to_return_to(
        client: Client<'_>,
        bucket: &str,
        stack: &Stack,
    ) -> anyhow::Result<Option<Self>> {
        let kept = Self::kept(client, bucket, stack).await?;
        let live = Self::promoted(client, bucket, stack).await?;
        if kept.as_ref() == Some(&live) {
            return Ok(None);
        }
        let none = || {
            Failure::refused(format!(
                "{} has no deployment before the live one",
                client.target().stack
            ))
            .because("none was kept: it was made, and not updated since")
            .hint(format!(
                "mend it with the next deployment: cargo provision apply {}",
                client.target().flags()
            ))
        };
        let kept = Self::kept(client, bucket, stack).await?;
        Ok(Some(kept.ok_or_else(none)?))
    }

    /// The deployment before the live one of `stack`, where one was kept.
    async fn kept(
        client: Client<'_>,
        bucket: &str,
        stack: &Stack,
    ) -> Result<Option<Self>, Failure> {
        let key = key(&client.target().stack);
        let Some(bytes) = client.object(bucket, &key).await? else {
            return Ok(None);
        };
        let kept: Self = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("{key} in {bucket} is damaged")).because(error)
        })?;
        Ok(Some(kept).filter(|kept| kept.stack_id == stack.id))
    }

    /// The change set that returns to it. Sees first that its code is still there.
    ///
    /// # Errors
    /// Exit 3 where an object of its code is gone.
    pub async fn request(self, client: Client<'_>, bucket: &str) -> anyhow::Result<Request> {
        for code in self.code() {
            if !client.has_object(bucket, code).await? {
                return Err(Failure::refused(format!("{code} is gone from {bucket}"))
                    .hint("deploy from the sources of that version instead: cargo xtask deploy")
                    .into());
            }
        }
        let (folder, template) = (packages::DEPLOYED, self.template);
        let url = packages::upload_template(client, bucket, folder, template).await?;
        Ok(Request {
            stack: client.target().stack.clone(),
            name: Request::new_name(),
            create: false,
            template: TemplateSource::Url(url),
            parameters: self.parameters,
            tags: self.tags,
            adopt: false,
        })
    }

    fn code(&self) -> impl Iterator<Item = &str> {
        contract::Function::ALL.into_iter().filter_map(|function| {
            let key = contract::parameters::code_key(function);
            self.parameters.get(&key).map(String::as_str)
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::{Function, parameters};

    use super::*;

    fn deployment(template: &str) -> Previous {
        Previous {
            stack_id: "arn".into(),
            template: template.into(),
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn only_what_was_changed_gives_way() {
        let (before, after) = (deployment("B"), deployment("C"));
        let steady = Standing::Steady;
        assert!(before.gave_way_to(&after, &steady), "it succeeded");
        assert!(!before.gave_way_to(&before, &steady), "it was rolled back");
        for halfway in [Standing::Paused, Standing::Busy, Standing::Stuck] {
            assert!(!before.gave_way_to(&after, &halfway), "{halfway:?}");
        }
        let other = Previous {
            stack_id: "another stack of that name".into(),
            ..after
        };
        assert!(!before.gave_way_to(&other, &steady));
        let mut parameters = before.clone();
        parameters.parameters.insert("A".into(), "1".into());
        assert!(before.gave_way_to(&parameters, &steady), "parameters count");
    }

    #[test]
    fn what_is_kept_names_the_code_by_its_hash_and_can_be_read_again() {
        let search = parameters::code_key(Function::Search);
        let previous = Previous {
            stack_id: "arn".into(),
            template: "Resources: {}".into(),
            parameters: BTreeMap::from([
                (search, "functions/search/1.zip".to_owned()),
                ("Prefix".to_owned(), "Blue".to_owned()),
            ]),
            tags: BTreeMap::new(),
        };
        assert_eq!(
            previous.code().collect::<Vec<_>>(),
            ["functions/search/1.zip"]
        );
        let json = serde_json::to_vec(&previous).unwrap();
        assert_eq!(serde_json::from_slice::<Previous>(&json).unwrap(), previous);
        assert_eq!(key("Blue"), "previous/Blue.json");
        assert_eq!(next_key("Blue"), "previous/Blue.next.json");
    }
}
