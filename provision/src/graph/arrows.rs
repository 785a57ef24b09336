//! Arrows of a template: integrations of APIs, and what functions' roles allow.

use serde_json::Value;
use serde_yaml::{Mapping, Value as Yaml};

use crate::plan::document::{Resource, Resources, Scope, plain, resources};

/// What stands at an end of an arrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// A REST API, by logical id.
    RestApi(String),
    /// A WebSocket or HTTP API, by logical id.
    WebSocketApi(String),
    /// A function, by its name without the prefix.
    Function(String),
    /// A table, by its name without the prefix.
    Table(String),
    /// The models of Amazon Bedrock.
    Model,
    /// Something else that a role names, by logical id.
    Other(String),
}

impl Node {
    /// Its name for people.
    pub fn label(&self) -> String {
        match self {
            Self::RestApi(_) => "REST API".to_owned(),
            Self::WebSocketApi(_) => "WebSocket API".to_owned(),
            Self::Model => "Claude on Amazon Bedrock".to_owned(),
            Self::Function(id) | Self::Table(id) | Self::Other(id) => id.clone(),
        }
    }

    /// What clients call it with, where they do.
    pub const fn protocol(&self) -> Option<&'static str> {
        match self {
            Self::RestApi(_) => Some("HTTPS"),
            Self::WebSocketApi(_) => Some("WSS"),
            _ => None,
        }
    }
}

/// One thing that calls another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Who calls.
    pub from: Node,
    /// What is called.
    pub to: Node,
}

/// Every arrow, in the order of the template; each once. A function's own logs are left out: every
/// function has them.
pub fn arrows(order: &[&str], resources: &Resources) -> Vec<Arrow> {
    let graph = Graph { resources };
    let mut found: Vec<Arrow> = Vec::new();
    let apis = order.iter().flat_map(|id| graph.of_integration(id));
    let functions = order.iter().flat_map(|id| graph.of_function(id));
    for arrow in apis.chain(functions) {
        if !found.contains(&arrow) {
            found.push(arrow);
        }
    }
    found
}

/// The arrows of a template. Parameters are filled in with their defaults, the prefix of names with
/// nothing.
pub(super) fn of_document(document: &Mapping) -> Vec<Arrow> {
    let scope = Scope {
        parameters: [(contract::parameters::PREFIX.to_owned(), String::new())].into(),
        ..Scope::default()
    };
    let all = resources(document, &scope);
    let sections = document.get("Resources").and_then(Yaml::as_mapping);
    let order: Vec<&str> = sections
        .into_iter()
        .flatten()
        .filter_map(|(id, _)| id.as_str())
        .collect();
    arrows(&order, &all)
}

struct Graph<'a> {
    resources: &'a Resources,
}

impl Graph<'_> {
    fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.get(id)
    }

    fn of_integration(&self, id: &str) -> Vec<Arrow> {
        let Some(resource) = self.resource(id) else {
            return Vec::new();
        };
        let text = |pointer: &str| {
            resource
                .properties
                .pointer(pointer)
                .map(plain)
                .unwrap_or_default()
        };
        let (from, uri) = match resource.kind.as_str() {
            "AWS::ApiGateway::Method" => (
                Node::RestApi(name(&text("/RestApiId"))),
                text("/Integration/Uri"),
            ),
            "AWS::ApiGatewayV2::Integration" => (
                Node::WebSocketApi(name(&text("/ApiId"))),
                text("/IntegrationUri"),
            ),
            _ => return Vec::new(),
        };
        let functions = references(&uri)
            .into_iter()
            .filter_map(|id| self.function(&id));
        functions
            .map(|to| Arrow {
                from: from.clone(),
                to,
            })
            .collect()
    }

    fn of_function(&self, id: &str) -> Vec<Arrow> {
        let Some(from) = self.function(id) else {
            return Vec::new();
        };
        let role = self
            .resource(id)
            .and_then(|function| function.properties.get("Role"));
        let role = role.and_then(|role| references(&plain(role)).into_iter().next());
        let Some(role) = role.and_then(|role| self.resource(&role)) else {
            return Vec::new();
        };
        let policies = role.properties.get("Policies").and_then(Value::as_array);
        let statements = policies.into_iter().flatten().filter_map(|policy| {
            policy
                .pointer("/PolicyDocument/Statement")
                .and_then(Value::as_array)
        });
        statements
            .flatten()
            .filter(|statement| statement.get("Effect").map(plain).as_deref() == Some("Allow"))
            .flat_map(|statement| self.targets(statement))
            .map(|to| Arrow {
                from: from.clone(),
                to,
            })
            .collect()
    }

    /// What a statement lets a function reach.
    fn targets(&self, statement: &Value) -> Vec<Node> {
        let texts = |name: &str| match statement.get(name) {
            Some(Value::Array(items)) => items.iter().map(plain).collect(),
            Some(one) => vec![plain(one)],
            None => vec![],
        };
        let actions = texts("Action");
        if actions
            .iter()
            .any(|action| action.starts_with("bedrock:Invoke"))
        {
            return vec![Node::Model];
        }
        texts("Resource")
            .iter()
            .flat_map(|arn| references(arn))
            .filter_map(|id| self.node(&id))
            .collect()
    }

    fn node(&self, id: &str) -> Option<Node> {
        let resource = self.resource(id)?;
        match resource.kind.as_str() {
            "AWS::Lambda::Function" => self.function(id),
            "AWS::DynamoDB::Table" => Some(Node::Table(last(resource, "TableName", id))),
            "AWS::ApiGatewayV2::Api" => Some(Node::WebSocketApi(id.to_owned())),
            "AWS::ApiGateway::RestApi" => Some(Node::RestApi(id.to_owned())),
            "AWS::Logs::LogGroup" => None,
            _ => Some(Node::Other(id.to_owned())),
        }
    }

    fn function(&self, id: &str) -> Option<Node> {
        let resource = self
            .resource(id)
            .filter(|resource| resource.kind == "AWS::Lambda::Function")?;
        Some(Node::Function(last(resource, "FunctionName", id)))
    }
}

/// A physical name without the prefix that the `Prefix` parameter gives all names; the template is
/// resolved with an empty one, so names begin with its hyphen.
fn last(resource: &Resource, property: &str, id: &str) -> String {
    let name = resource.properties.get(property).map(plain);
    name.map_or_else(
        || id.to_owned(),
        |name| name.trim_start_matches('-').to_owned(),
    )
}

fn name(reference: &str) -> String {
    references(reference)
        .into_iter()
        .next()
        .unwrap_or_else(|| reference.to_owned())
}

/// The logical ids in `…${Id}…${Id.Attribute}…`, without parameters of AWS's own.
fn references(text: &str) -> Vec<String> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .filter_map(|inside| inside.split('.').next())
        .filter(|id| !id.contains("::"))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_resolved_texts() {
        assert_eq!(
            references("arn:${AWS::Partition}:x/${A.Arn}/${B}"),
            ["A", "B"]
        );
        assert!(references("arn").is_empty());
    }
}
