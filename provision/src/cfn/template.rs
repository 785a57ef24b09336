//! The template: its sections.

use std::collections::BTreeMap;
use std::panic::Location;

use serde::Serialize;
use serde_yaml::{Mapping, Value};

use super::{Condition, Expr, Handle, Parameter, Resource};

/// An output of the template.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    /// What it is, for the console.
    pub description: &'static str,
    /// Its value.
    pub value: Expr,
    /// The condition under which there is one.
    pub condition: Option<&'static str>,
}

/// A tag.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Key.
    pub key: &'static str,
    /// Value.
    pub value: Expr,
}

/// A template under construction, and then done.
#[derive(Debug, Default)]
pub struct Template {
    description: String,
    parameters: Mapping,
    conditions: Mapping,
    resources: Mapping,
    outputs: Mapping,
    sources: BTreeMap<String, &'static Location<'static>>,
    mistakes: Vec<String>,
}

/// Why a template cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A logical id stands twice, or a resource cannot be serialised.
    #[error("the template has mistakes: {0}")]
    Mistakes(String),
    /// The document cannot be written as YAML.
    #[error("cannot write the template as YAML")]
    Yaml(#[from] serde_yaml::Error),
}

impl Template {
    /// An empty template.
    pub fn new(description: &str) -> Self {
        Self {
            description: description.into(),
            ..Self::default()
        }
    }

    /// Declares a parameter and returns the reference to it.
    pub fn parameter(&mut self, name: impl Into<String>, parameter: &Parameter) -> Expr {
        let name = name.into();
        let value = self.value(&name, parameter);
        self.parameters.insert(name.as_str().into(), value);
        Expr::parameter(name)
    }

    /// Declares a condition.
    pub fn condition(&mut self, name: &'static str, condition: &Condition) {
        let value = self.value(name, condition);
        self.conditions.insert(name.into(), value);
    }

    /// Declares an output.
    pub fn output(&mut self, name: &str, description: &'static str, value: impl Into<Expr>) {
        let output = Output {
            description,
            value: value.into(),
            condition: None,
        };
        self.add_output(name, &output);
    }

    /// Declares an output that is there under a condition.
    pub fn output_if(
        &mut self,
        condition: &'static str,
        name: &str,
        description: &'static str,
        value: impl Into<Expr>,
    ) {
        let output = Output {
            description,
            value: value.into(),
            condition: Some(condition),
        };
        self.add_output(name, &output);
    }

    fn add_output(&mut self, name: &str, output: &Output) {
        let value = self.value(name, output);
        self.outputs.insert(name.into(), value);
    }

    /// Declares a resource. The caller's source line is kept for diagnosis, not written out.
    #[track_caller]
    pub fn add<R: Resource>(&mut self, id: impl Into<String>, resource: &R) -> Handle<R> {
        let id = id.into();
        let mut body = Mapping::new();
        body.insert("Type".into(), R::TYPE.into());
        match self.value(&id, resource) {
            Value::Mapping(properties) if properties.is_empty() => {}
            properties => {
                body.insert("Properties".into(), properties);
            }
        }
        if self
            .resources
            .insert(id.as_str().into(), body.into())
            .is_some()
        {
            self.mistakes.push(format!("{id} stands twice"));
        }
        self.sources.insert(id.clone(), Location::caller());
        Handle::new(id)
    }

    /// Keeps the resource when it leaves the stack or is replaced.
    pub fn retain<R: Resource>(&mut self, handle: &Handle<R>) {
        self.attribute(handle.id(), "DeletionPolicy", "Retain".into());
        self.attribute(handle.id(), "UpdateReplacePolicy", "Retain".into());
    }

    /// Makes `handle` only where the condition holds.
    pub fn only_if<R: Resource>(&mut self, handle: &Handle<R>, condition: &'static str) {
        self.attribute(handle.id(), "Condition", condition.into());
    }

    /// Makes `handle` only after all of `others` are made.
    pub fn depends_on<R: Resource>(&mut self, handle: &Handle<R>, others: Vec<String>) {
        self.attribute(handle.id(), "DependsOn", others.into());
    }

    /// A resource's type and properties as JSON text: its canonical form, for hashes.
    pub fn canonical(&self, id: &str) -> Option<String> {
        serde_json::to_string(self.resources.get(id)?).ok()
    }

    /// Where in our source each resource was declared.
    pub fn source(&self, id: &str) -> Option<&'static Location<'static>> {
        self.sources.get(id).copied()
    }

    /// The document, sections in the reference's order, empty ones left out.
    pub fn document(&self) -> Mapping {
        let mut document = Mapping::new();
        document.insert("AWSTemplateFormatVersion".into(), "2010-09-09".into());
        document.insert("Description".into(), self.description.as_str().into());
        let sections = [
            ("Parameters", &self.parameters),
            ("Conditions", &self.conditions),
            ("Resources", &self.resources),
            ("Outputs", &self.outputs),
        ];
        for (name, section) in sections {
            if !section.is_empty() {
                document.insert(name.into(), section.clone().into());
            }
        }
        document
    }

    /// The document as YAML: the same bytes for the same template.
    ///
    /// # Errors
    /// Where two resources share a logical id, or a value cannot be written.
    pub fn to_yaml(&self) -> Result<String, TemplateError> {
        if !self.mistakes.is_empty() {
            return Err(TemplateError::Mistakes(self.mistakes.join("; ")));
        }
        Ok(serde_yaml::to_string(&self.document())?)
    }

    fn attribute(&mut self, id: &str, name: &str, value: Value) {
        if let Some(Value::Mapping(body)) = self.resources.get_mut(id) {
            body.insert(name.into(), value);
        }
    }

    fn value<T: Serialize>(&mut self, name: &str, value: &T) -> Value {
        match serde_yaml::to_value(value) {
            Ok(value) => without_nulls(value),
            Err(error) => {
                self.mistakes.push(format!("{name}: {error}"));
                Value::Null
            }
        }
    }
}

/// Leaves out properties that were not given.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Mapping(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect::<Mapping>()
            .into(),
        Value::Sequence(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfn::logs::LogGroup;

    fn group(name: &str) -> LogGroup {
        LogGroup {
            log_group_name: name.into(),
            retention_in_days: Expr::Number(1),
            tags: vec![],
        }
    }

    #[test]
    fn a_logical_id_that_stands_twice_is_a_mistake() {
        let mut template = Template::new("test");
        template.add("Logs", &group("a"));
        template.add("Logs", &group("b"));
        let error = template.to_yaml().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the template has mistakes: Logs stands twice"
        );
    }

    #[test]
    fn a_resource_knows_the_line_that_declared_it() {
        let mut template = Template::new("test");
        let line = line!() + 1;
        template.add("Logs", &group("a"));
        let source = template.source("Logs").unwrap();
        assert!(source.file().ends_with("template.rs"));
        assert_eq!(source.line(), line);
    }
}
