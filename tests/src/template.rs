//! A committed template, read as data: as CloudFormation would, without the code that wrote it.

use std::fs;
use std::path::PathBuf;

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
        let path = workspace().join("templates").join(file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
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
