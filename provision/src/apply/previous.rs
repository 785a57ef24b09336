//! The deployment before the live one, exactly: its template, its parameters (which name the code's
//! objects by their hashes) and its tags, kept in the artifact bucket before each update.

use std::collections::BTreeMap;

use contract::Failure;
use serde::{Deserialize, Serialize};

use super::client::{Client, Request, TemplateSource};
use super::stack::Stack;
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

impl Previous {
    /// Keeps the live deployment of `stack`, which is about to change.
    ///
    /// # Errors
    /// Where it cannot be read or written.
    pub async fn keep(client: Client<'_>, bucket: &str, stack: &Stack) -> anyhow::Result<()> {
        let previous = Self {
            stack_id: stack.id.clone(),
            template: client.template_of(&stack.id).await?,
            parameters: stack.parameters.clone(),
            tags: stack.tags.clone(),
        };
        let json = serde_json::to_vec(&previous)?;
        let key = key(&client.target().stack);
        client.put_object(bucket, &key, json).await?;
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

    /// The deployment before the live one of `stack`.
    ///
    /// # Errors
    /// Exit 3 where none was kept; exit 1 where it cannot be read.
    pub async fn read(client: Client<'_>, bucket: &str, stack: &Stack) -> anyhow::Result<Self> {
        let name = &client.target().stack;
        let none = || {
            Failure::refused(format!("{name} has no deployment before the live one"))
                .because("none was kept: it was made, and not updated since")
                .hint(format!(
                    "mend it with the next deployment: cargo provision apply {}",
                    client.target().flags()
                ))
        };
        let bytes = client.object(bucket, &key(name)).await?.ok_or_else(none)?;
        let previous: Self = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::new(format!("{} in {bucket} is damaged", key(name))).because(error)
        })?;
        if previous.stack_id != stack.id {
            return Err(none().into());
        }
        Ok(previous)
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
        let url = packages::upload_template(client, bucket, self.template).await?;
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
    }
}
