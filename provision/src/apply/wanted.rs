//! What the platform's stack shall become.

use std::collections::{BTreeMap, BTreeSet};

use contract::Table;

use super::client::{Client, Request, TemplateSource};
use super::manifest::Manifest;
use super::options::Options;
use super::parameters::{self, Choices};
use super::survey::Survey;
use super::{adoption, conditions, gates, packages, review};
use crate::cfn::limits::S3_BYTES;
use crate::plan::document::{Resources, resources};
use crate::plan::{Action, Change, Plan};
use crate::stacks;

/// What the platform's stack shall become.
pub struct Wanted {
    /// The template, with the adopted tables' names written out.
    pub document: serde_yaml::Mapping,
    /// The tables that are taken over.
    pub adopted: Vec<Table>,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
}

impl Wanted {
    /// Decides it.
    ///
    /// # Errors
    /// Where tables outside the stack forbid it, or the parameters cannot be decided.
    pub fn decide(
        client: Client<'_>,
        survey: &Survey,
        options: &Options,
        manifest: &Manifest,
        bucket: &str,
    ) -> anyhow::Result<Self> {
        let target = client.target();
        let adopted = adoption::decide(target, &survey.found, options.adopt, &survey.made)?;
        let live = survey.live();
        let choices = Choices {
            target,
            options,
            live: &live,
            manifest,
            bucket,
        };
        let template = stacks::platform();
        // Refuses a template with mistakes before anything is sent.
        let yaml = template.to_yaml()?;
        gates::fits(&target.stack, &template.document(), yaml.len(), S3_BYTES)?;
        Ok(Self {
            document: adoption::with_literal_names(template.document(), &adopted, &survey.prefix),
            adopted,
            parameters: choices.parameters()?,
            tags: parameters::tags(target, &parameters::environment(options, &live)),
        })
    }

    /// What making the stack would do: all that the template declares.
    pub fn plan_of_new(&self, stack: &str) -> Plan {
        let document = conditions::applied(&self.document, &self.parameters);
        plan_of_new(stack, &document, &self.adopted)
    }

    /// Its resources, resolved with its parameters.
    pub fn resources(&self, client: Client<'_>, survey: &Survey) -> Resources {
        let scope = review::scope(client, survey, self.parameters.clone());
        resources(&self.document, &scope)
    }

    /// Puts the template where CloudFormation reads it: a bucket, and a folder there.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn request(
        self,
        client: Client<'_>,
        (bucket, folder): (&str, &str),
        create: bool,
    ) -> anyhow::Result<Request> {
        let yaml = serde_yaml::to_string(&self.document)?;
        let url = packages::upload_template(client, bucket, folder, yaml).await?;
        Ok(Request {
            stack: client.target().stack.clone(),
            name: Request::new_name(),
            create,
            template: TemplateSource::Url(url),
            parameters: self.parameters,
            tags: self.tags,
            adopt: !self.adopted.is_empty(),
        })
    }
}

/// The plan of a stack that is not there yet, from its template.
pub fn plan_of_new(stack: &str, document: &serde_yaml::Mapping, adopted: &[Table]) -> Plan {
    let adopted: BTreeSet<String> = adopted.iter().map(|table| table_id(*table)).collect();
    let resources = document
        .get("Resources")
        .and_then(serde_yaml::Value::as_mapping);
    let changes = resources
        .into_iter()
        .flatten()
        .filter_map(|(id, resource)| {
            let id = id.as_str()?;
            let action = if adopted.contains(id) {
                Action::Adopt
            } else {
                Action::Add
            };
            Some(Change::new(action, id, resource.get("Type")?.as_str()?))
        });
    Plan::new(stack, changes.collect()).of_new()
}

/// The table's logical id.
pub(super) fn table_id(table: Table) -> String {
    format!("{}Table", table.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_of_a_new_stack_is_its_template_with_the_adopted_tables_taken_over() {
        let document =
            adoption::with_literal_names(stacks::platform().document(), &[Table::Users], "Blue");
        let name = |id: &str| document["Resources"][id]["Properties"]["TableName"].clone();
        assert_eq!(name("UsersTable"), "Blue-Users");
        assert!(name("ContextTable").is_mapping(), "others stay expressions");

        let plan = plan_of_new("Blue", &document, &[Table::Users]);
        let adopted: Vec<&str> = plan
            .of(Action::Adopt)
            .map(|change| change.id.as_str())
            .collect();
        assert_eq!(adopted, ["UsersTable"]);
        let tables = plan
            .of(Action::Add)
            .filter(|change| change.kind.ends_with("::Table"));
        assert_eq!(tables.count(), Table::ALL.len() - 1);
    }
}
