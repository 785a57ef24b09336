//! The JSON Schema of what can be loaded, from the same declaration that checks it.

use contract::Table;
use serde_json::{Map, Value, json};

use super::shape::{Field, INTEGER_MAX, Kind, SHAPES, Shape};

/// The schema of a line, or of one table's records.
pub fn schema(table: Option<Table>) -> Value {
    let chosen = SHAPES
        .iter()
        .filter(|shape| table.is_none_or(|table| shape.table == table));
    let shapes: Vec<Value> = chosen.map(of_shape).collect();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a file for `ops seed --from`",
    });
    schema["oneOf"] = Value::Array(shapes);
    schema
}

fn of_shape(shape: &Shape) -> Value {
    let mut schema = of_fields(shape.fields, shape.open);
    let name = shape.table.name();
    // A line without a table is of the one that `--table` names, Users where it names none.
    let table = json!({"const": name, "description": "The table"});
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.shift_insert(0, "table".to_owned(), table);
    }
    if shape.table != Table::Users
        && let Some(required) = schema["required"].as_array_mut()
    {
        required.insert(0, "table".into());
    }
    schema["title"] = name.into();
    schema["description"] = shape.about.into();
    schema
}

fn of_fields(fields: &[Field], open: bool) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = of_kind(field.kind);
            if !field.required {
                schema["type"] = json!([schema["type"], "null"]);
            }
            schema["description"] = field.about.into();
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": open,
    })
}

fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text(most) => json!({"type": "string", "minLength": 1, "maxLength": most}),
        Kind::Integer(least) => {
            json!({"type": "integer", "minimum": least, "maximum": INTEGER_MAX})
        }
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
        Kind::Object(fields) => of_fields(fields, false),
        Kind::Id | Kind::Email | Kind::Time | Kind::Moment | Kind::Currency => {
            json!({"type": "string", "pattern": kind.pattern()})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Editors and pipelines read it.
    #[test]
    fn the_schema_is_what_people_review() {
        insta::assert_snapshot!(format!("{:#}", schema(None)));
    }

    #[test]
    fn one_table_has_one_shape() {
        let schema = schema(Some(Table::Donations));
        let shapes = schema["oneOf"].as_array().unwrap();
        assert_eq!(shapes.len(), 1);
        assert_eq!(shapes[0]["title"], "Donations");
    }
}
