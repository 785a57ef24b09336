//! A committed template, read as data: as CloudFormation would, without the code that wrote it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_yaml::{Mapping, Value};

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map(PathBuf::from).unwrap_or(tests)
}

/// A template.
pub struct Template {
    document: Value,
}

/// One resource of it.
pub struct Resource<'a> {
    /// Logical id.
    pub id: &'a str,
    /// Resource type.
    pub kind: &'a str,
    body: &'a Value,
}

impl Template {
    /// Reads `templates/{file}`.
    ///
    /// # Errors
    /// Where the file cannot be read or is not YAML.
    pub fn read(file: &str) -> Result<Self> {
        Self::at(&workspace().join("templates").join(file))
    }

    /// Reads `tests/fixtures/{file}`: the template of a release before this one.
    ///
    /// # Errors
    /// Where the file cannot be read or is not YAML.
    pub fn fixture(file: &str) -> Result<Self> {
        Self::at(&workspace().join("tests/fixtures").join(file))
    }

    fn at(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let document = serde_yaml::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(Self { document })
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every resource, in the template's order.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        section(&self.document, "Resources").filter_map(|(id, body)| {
            Some(Resource {
                id: id.as_str()?,
                kind: body.get("Type")?.as_str()?,
                body,
            })
        })
    }

    /// The resources of one type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Resource<'a>> {
        self.resources()
            .filter(move |resource| resource.kind == kind)
    }

    /// Every scalar of the template with the path to it, e.g. `Resources.X.Properties.Name`.
    pub fn scalars(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        walk(String::new(), &self.document, &mut found);
        found
    }
}

impl<'a> Resource<'a> {
    /// All of it.
    pub fn body(&self) -> &'a Value {
        self.body
    }

    /// An attribute beside the properties, e.g. `DeletionPolicy`.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        self.body.get(name)?.as_str()
    }

    /// A property, by a path with dots.
    pub fn property(&self, path: &str) -> Option<&'a Value> {
        path.split('.')
            .try_fold(self.body.get("Properties")?, |value, key| value.get(key))
    }

    /// The items of a property that is a list; none where it is absent.
    pub fn list(&self, path: &str) -> impl Iterator<Item = &'a Value> {
        self.property(path)
            .and_then(Value::as_sequence)
            .into_iter()
            .flatten()
    }
}

/// The statements of a policy, each with the template's condition that it is there for.
pub fn statements(document: &Value) -> Vec<(Option<String>, &Value)> {
    let all = document["Statement"].as_sequence().into_iter().flatten();
    all.map(|statement| match statement.get("Fn::If") {
        Some(branches) => (Some(readable(&branches[0])), &branches[1]),
        None => (None, statement),
    })
    .collect()
}

/// A value as a reviewer reads it: references by name, substitutions as their text.
pub fn readable(value: &Value) -> String {
    let single = value
        .as_mapping()
        .filter(|map| map.len() == 1)
        .and_then(|map| map.iter().next());
    match (value, single) {
        (Value::String(text), _) => text.clone(),
        (Value::Sequence(items), _) => items.iter().map(readable).collect::<Vec<_>>().join(", "),
        (_, Some((name, argument))) => match name.as_str() {
            Some("Ref" | "Fn::Sub") => readable(argument),
            Some("Fn::GetAtt") => readable(&argument[0]),
            _ => compact(value),
        },
        _ => compact(value),
    }
}

/// A metric of ours that an alarm or the dashboard names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where: the alarm, or the dashboard's widget.
    pub place: String,
    /// Its name.
    pub metric: String,
    /// Names and values.
    pub dimensions: Vec<(String, String)>,
}

/// The namespace of our own metrics, as the template has it.
const OURS: &str = "${Prefix}";

/// Every metric of ours that the template names.
///
/// # Errors
/// Where the dashboard's body is no JSON.
pub fn named_metrics(template: &Template) -> Result<Vec<Named>> {
    let text = |value: Option<&Value>| value.map(readable).unwrap_or_default();
    let mut named: Vec<Named> = template
        .of_type("AWS::CloudWatch::Alarm")
        .filter(|alarm| text(alarm.property("Namespace")) == OURS)
        .map(|alarm| Named {
            place: alarm.id.to_owned(),
            metric: text(alarm.property("MetricName")),
            dimensions: alarm
                .list("Dimensions")
                .map(|of| (text(of.get("Name")), text(of.get("Value"))))
                .collect(),
        })
        .collect();
    for dashboard in template.of_type("AWS::CloudWatch::Dashboard") {
        let body = text(dashboard.property("DashboardBody"));
        for (title, line) in graph_lines(&body)? {
            if let [namespace, metric, dimensions @ ..] = &line[..] {
                let pairs = dimensions.chunks_exact(2);
                if namespace == OURS {
                    named.push(Named {
                        place: format!("Dashboard: {title}"),
                        metric: metric.clone(),
                        dimensions: pairs.map(|of| (of[0].clone(), of[1].clone())).collect(),
                    });
                }
            }
        }
    }
    Ok(named)
}

/// The namespaces that a dashboard's body names.
///
/// # Errors
/// Where it is no JSON.
pub fn namespaces(body: &str) -> Result<BTreeSet<String>> {
    let lines = graph_lines(body)?.into_iter();
    Ok(lines
        .filter_map(|(_, line)| line.first().cloned())
        .collect())
}

/// The texts of each line of each graph (namespace, name, dimensions), with the graph's title.
fn graph_lines(body: &str) -> Result<Vec<(String, Vec<String>)>> {
    let body: serde_json::Value = serde_json::from_str(body).context("the dashboard's body")?;
    let mut lines = Vec::new();
    for widget in body["widgets"].as_array().into_iter().flatten() {
        let of = &widget["properties"];
        for line in of["metrics"].as_array().into_iter().flatten() {
            let texts = line.as_array().into_iter().flatten();
            let texts: Vec<String> = texts.filter_map(|it| it.as_str().map(Into::into)).collect();
            if !texts.is_empty() {
                lines.push((of["title"].as_str().unwrap_or_default().to_owned(), texts));
            }
        }
    }
    Ok(lines)
}

fn compact(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

fn section<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    document
        .get(name)
        .and_then(Value::as_mapping)
        .into_iter()
        .flat_map(Mapping::iter)
}

fn walk<'a>(path: String, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    let within = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Mapping(map) => {
            for (key, value) in map {
                walk(within(key.as_str().unwrap_or("?")), value, found);
            }
        }
        Value::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(within(&index.to_string()), value, found);
            }
        }
        scalar => found.push((path, scalar)),
    }
}
