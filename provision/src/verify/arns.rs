//! Names and ARNs as they must be in this account and region.

use std::collections::BTreeMap;

use contract::{Function, Table, env, model, naming};

use crate::grants::Resource;

/// Where the platform is, and what it is called there.
#[derive(Clone, Debug)]
pub struct Names {
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// Region.
    pub region: String,
    /// Account id.
    pub account: String,
    /// The stack's ARN.
    pub stack_id: String,
    /// Prefix of names.
    pub prefix: String,
    /// Id of the REST API.
    pub rest_api: String,
    /// Id of the WebSocket API.
    pub websocket_api: String,
    /// Ids of the API keys: one, or two while one is rotated.
    pub api_keys: Vec<String>,
    /// The inference profile.
    pub model: String,
    /// How the model is asked: the values of [`env::MODEL_SETTINGS`], by variable.
    pub model_settings: BTreeMap<&'static str, String>,
    /// Base of both APIs' URLs, where they are not at AWS's own names.
    pub execute_api_base: Option<String>,
}

impl Names {
    fn arn(&self, service: &str, rest: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// A table's ARN.
    pub fn table(&self, table: Table) -> String {
        self.arn(
            "dynamodb",
            &format!("table/{}", table.physical_name(&self.prefix)),
        )
    }

    /// A function's ARN.
    pub fn function(&self, function: Function) -> String {
        self.arn(
            "lambda",
            &format!("function:{}", function.physical_name(&self.prefix)),
        )
    }

    /// A function's role's ARN.
    pub fn role(&self, function: Function) -> String {
        let Self {
            partition,
            account,
            prefix,
            ..
        } = self;
        format!(
            "arn:{partition}:iam::{account}:role/{}",
            function.physical_name(prefix)
        )
    }

    /// What an API calls to invoke a function.
    pub fn invocation(&self, function: Function) -> String {
        let Self {
            partition, region, ..
        } = self;
        let arn = self.function(function);
        format!(
            "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
        )
    }

    /// The inference profile's ARN.
    pub fn inference_profile(&self) -> String {
        self.arn("bedrock", &format!("inference-profile/{}", self.model))
    }

    /// The ARNs that a grant is on.
    pub fn resources(&self, resource: Resource) -> Vec<String> {
        match resource {
            Resource::Table(table) => vec![self.table(table)],
            Resource::Function(function) => vec![self.function(function)],
            Resource::InferenceProfile => vec![self.inference_profile()],
            Resource::FoundationModel => model::foundation_model_arns(&self.model),
            Resource::Guardrail => self
                .model_settings
                .get(env::GUARDRAIL_ID)
                .filter(|id| !id.is_empty())
                .map(|id| self.arn("bedrock", &format!("guardrail/{id}")))
                .into_iter()
                .collect(),
            Resource::Connections => {
                let connections = format!(
                    "{}/{}/POST/@connections/*",
                    self.websocket_api,
                    naming::STAGE
                );
                vec![self.arn("execute-api", &connections)]
            }
            Resource::LogStreams(function) => {
                let group = function.log_group(&self.prefix);
                vec![self.arn("logs", &format!("log-group:{group}:*"))]
            }
        }
    }

    /// Where frames are posted to connections.
    pub fn connections_endpoint(&self) -> String {
        let Self {
            region,
            websocket_api,
            ..
        } = self;
        if let Some(base) = &self.execute_api_base {
            return format!("{base}/{websocket_api}/{}", naming::STAGE);
        }
        let suffix = if self.partition == "aws-cn" {
            ".cn"
        } else {
            ""
        };
        let stage = naming::STAGE;
        format!("https://{websocket_api}.execute-api.{region}.amazonaws.com{suffix}/{stage}")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn names() -> Names {
        Names {
            partition: "aws".into(),
            region: "us-west-2".into(),
            account: "111122223333".into(),
            stack_id: "arn:aws:cloudformation:us-west-2:111122223333:stack/Blue/1".into(),
            prefix: "Blue".into(),
            rest_api: "rest1".into(),
            websocket_api: "ws1".into(),
            api_keys: vec!["key1".into()],
            model: "us.anthropic.claude-sonnet-4-6".into(),
            model_settings: env::MODEL_SETTINGS
                .map(|(variable, _)| (variable, String::new()))
                .into(),
            execute_api_base: None,
        }
    }

    #[test]
    fn a_guardrail_is_granted_where_there_is_one() {
        let mut names = names();
        assert!(names.resources(Resource::Guardrail).is_empty());
        names
            .model_settings
            .insert(env::GUARDRAIL_ID, "abc1".into());
        assert_eq!(
            names.resources(Resource::Guardrail),
            ["arn:aws:bedrock:us-west-2:111122223333:guardrail/abc1"]
        );
    }

    #[test]
    fn names_are_those_of_the_account() {
        let names = names();
        assert_eq!(
            names.table(Table::Users),
            "arn:aws:dynamodb:us-west-2:111122223333:table/Blue-Users"
        );
        assert_eq!(
            names.connections_endpoint(),
            "https://ws1.execute-api.us-west-2.amazonaws.com/v1"
        );
        assert_eq!(
            names.resources(Resource::LogStreams(Function::Search)),
            ["arn:aws:logs:us-west-2:111122223333:log-group:/aws/lambda/Blue-search:*"]
        );
    }
}
