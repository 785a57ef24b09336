//! What client teams generate code from: the REST API as `OpenAPI`, the WebSocket API as
//! `AsyncAPI`.
//!
//! Pure, from `contract` alone: the same shapes and routes that the gateway's models are made from
//! and the functions validate by.

mod asyncapi;
mod openapi;
mod responses;
mod schemas;

use contract::answers::{ASYNCAPI_FILE, OPENAPI_FILE};
use serde_json::Value;

/// A document and the name of its file under `templates/`.
pub struct Document {
    /// File name.
    pub file: &'static str,
    content: fn() -> Value,
}

/// Every document.
pub const DOCUMENTS: [Document; 2] = [
    Document {
        file: OPENAPI_FILE,
        content: openapi::openapi,
    },
    Document {
        file: ASYNCAPI_FILE,
        content: asyncapi::asyncapi,
    },
];

const HEADER: &str =
    "# Generated from runtime/contract by `cargo xtask templates`; never edited.\n";

impl Document {
    /// Its text.
    ///
    /// # Errors
    /// Where it cannot be written as YAML.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::Error> {
        let content = serde_yaml::to_string(&(self.content)())?;
        Ok(format!("{HEADER}{content}"))
    }
}

/// A supporter that a seeded platform has, in examples.
const EXAMPLE_USER: &str = "user-000001";

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` with what it names.
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        for document in DOCUMENTS {
            let content = (document.content)();
            let mut found = Vec::new();
            references(&content, &mut found);
            for reference in &found {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(content.pointer(pointer).is_some(), "{reference}");
            }
            for name in content["components"]["schemas"].as_object().unwrap().keys() {
                let reference = format!("#/components/schemas/{name}");
                assert!(found.contains(&reference.as_str()), "nobody uses {name}");
            }
        }
    }
}
