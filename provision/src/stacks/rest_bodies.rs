//! Bodies: what the gateway accepts as a request, and what it answers as an error.

use contract::schema::{Field, Kind, Object};
use contract::{ErrorCode, limits};
use serde_json::{Value, json};

/// The contract's error, as the gateway writes it: it replaces context variables and no more.
pub fn error_body(code: ErrorCode) -> String {
    json!({
        "error": {
            "code": code.code(),
            "message": code.message(),
            "requestId": "$context.requestId",
        }
    })
    .to_string()
}

/// The JSON Schema (draft 4, all that API Gateway knows) of a request body.
pub fn json_schema(object: &Object) -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": object.name,
    });
    if let (Some(schema), Value::Object(rest)) = (schema.as_object_mut(), properties(object)) {
        schema.extend(rest);
    }
    schema
}

/// What every draft of JSON Schema says of such an object.
pub fn properties(object: &Object) -> Value {
    let properties: serde_json::Map<String, Value> = object
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), field_schema(field)))
        .collect();
    let required: Vec<_> = object
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn field_schema(field: &Field) -> Value {
    match field.kind {
        Kind::Id => json!({ "type": "string", "pattern": limits::ID_PATTERN }),
        Kind::Text { min, max } => json!({ "type": "string", "minLength": min, "maxLength": max }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
    }
}
