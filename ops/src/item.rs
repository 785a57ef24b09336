//! Between our shapes and DynamoDB's: a JSON object is an item.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contract::Table;
use serde::Serialize;
use serde_json::{Map, Value};

/// An item as DynamoDB takes and gives it.
pub type Item = HashMap<String, AttributeValue>;

/// The item that `value` serializes to.
///
/// # Errors
/// Where `value` is no JSON object: a mistake in our shapes.
pub fn to_item(value: &impl Serialize) -> anyhow::Result<Item> {
    match serde_json::to_value(value)? {
        Value::Object(fields) => Ok(object(fields)),
        other => anyhow::bail!("an item must be an object, not {other}"),
    }
}

fn object(fields: Map<String, Value>) -> Item {
    fields
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect()
}

fn attribute(value: Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(flag) => AttributeValue::Bool(flag),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text),
        Value::Array(values) => AttributeValue::L(values.into_iter().map(attribute).collect()),
        Value::Object(fields) => AttributeValue::M(object(fields)),
    }
}

/// The JSON of an item; sets become arrays, and binary values, which we never write, `null`.
pub fn to_json(item: &Item) -> Value {
    Value::Object(
        item.iter()
            .map(|(name, value)| (name.clone(), json(value)))
            .collect(),
    )
}

fn json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(flag) => Value::Bool(*flag),
        AttributeValue::N(digits) => number(digits),
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::L(values) => values.iter().map(json).collect(),
        AttributeValue::M(fields) => to_json(fields),
        AttributeValue::Ss(texts) => texts.iter().cloned().map(Value::String).collect(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|digits| number(digits)).collect(),
        _ => Value::Null,
    }
}

fn number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap_or(Value::Null)
}

/// The primary key of an item of `table`: only the key's attributes.
pub fn key_of(table: Table, item: &Item) -> Item {
    table
        .key()
        .attributes()
        .filter_map(|key| Some((key.name.to_owned(), item.get(key.name)?.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_reads_back_as_the_json_it_was_made_from() {
        let value = json!({"a": null, "b": true, "c": 12, "d": "é", "e": ["x"], "f": {"g": 1.5}});
        assert_eq!(to_json(&to_item(&value).unwrap()), value);
    }

    #[test]
    fn a_key_has_only_the_key_attributes() {
        let item = to_item(&json!({"userId": "u", "version": 3, "summary": "s"})).unwrap();
        let key = key_of(Table::Context, &item);
        assert_eq!(to_json(&key), json!({"userId": "u", "version": 3}));
    }

    #[test]
    fn only_objects_are_items() {
        assert!(to_item(&json!([1])).is_err());
    }
}
