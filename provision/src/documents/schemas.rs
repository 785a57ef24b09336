//! Shapes of the contract as JSON Schema (2020-12).

use contract::answers::{Answer, Part, Shape};
use contract::limits::{ID_PATTERN, RESULTS_DEFAULT};
use contract::schema::Object;
use serde_json::{Map, Value, json};

use crate::stacks::properties;

/// What a document names once, in the order it was first needed.
#[derive(Default)]
pub struct Components {
    /// `components.schemas`
    pub schemas: Map<String, Value>,
    /// `components.responses`
    pub responses: Map<String, Value>,
}

impl Components {
    /// A reference to a response that several routes may have.
    pub fn response(&mut self, name: String, response: Value) -> Value {
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        self.responses.insert(name, response);
        reference
    }

    /// A reference to the schema of what clients send, the gateway's model among it.
    pub fn request(&mut self, object: &Object) -> Value {
        let mut schema = properties(object);
        if let Some(limit) = schema.pointer_mut("/properties/limit") {
            limit["default"] = json!(RESULTS_DEFAULT);
        }
        self.add(object.name, schema)
    }

    /// A reference to the schema of what the platform sends.
    pub fn answer(&mut self, answer: &Answer) -> Value {
        if !self.schemas.contains_key(answer.name) {
            // Its place, before those of its parts.
            self.schemas.insert(answer.name.to_owned(), Value::Null);
            let schema = self.object(answer);
            self.schemas.insert(answer.name.to_owned(), schema);
        }
        reference(answer.name)
    }

    /// A reference to a schema that is given.
    pub fn add(&mut self, name: &str, schema: Value) -> Value {
        self.schemas.insert(name.to_owned(), schema);
        reference(name)
    }

    fn object(&mut self, answer: &Answer) -> Value {
        let properties: Map<String, Value> = answer
            .parts
            .iter()
            .map(|part| (part.name.to_owned(), self.part(part)))
            .collect();
        let required: Vec<_> = answer.parts.iter().map(|part| part.name).collect();
        json!({
            "description": answer.meaning,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    fn part(&mut self, part: &Part) -> Value {
        let mut schema = self.shape(part.shape);
        if !part.meaning.is_empty() {
            schema["description"] = json!(part.meaning);
        }
        schema
    }

    fn shape(&mut self, shape: Shape) -> Value {
        match shape {
            Shape::Text => json!({ "type": "string" }),
            Shape::Word(word) => json!({ "type": "string", "const": word }),
            Shape::Id => id(),
            Shape::Choice(words) => json!({ "type": "string", "enum": words }),
            Shape::Count => json!({ "type": "integer", "minimum": 0 }),
            Shape::Integer => json!({ "type": "integer" }),
            Shape::Number => json!({ "type": "number" }),
            Shape::Bool => json!({ "type": "boolean" }),
            Shape::Range => {
                let end = json!({ "type": "integer", "minimum": 0 });
                json!({ "type": "array", "items": end, "minItems": 2, "maxItems": 2 })
            }
            Shape::List(of) => json!({ "type": "array", "items": self.shape(*of) }),
            Shape::Map(of) => {
                json!({ "type": "object", "additionalProperties": self.shape(*of) })
            }
            Shape::Object(answer) => self.answer(answer),
            Shape::OrNull(of) => or_null(self.shape(*of)),
        }
    }
}

/// An id that a client sends.
pub fn id() -> Value {
    json!({ "type": "string", "pattern": ID_PATTERN })
}

fn or_null(mut schema: Value) -> Value {
    match schema.get("type") {
        Some(Value::String(only)) => {
            schema["type"] = json!([only, "null"]);
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
