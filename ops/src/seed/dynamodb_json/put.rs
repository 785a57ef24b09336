//! An item as `BatchWriteItem` takes it.

use serde::Serialize;

use super::error::Error;
use super::value::Writer;

/// Adds `{"PutRequest":{"Item":…}}` for `value` to `out`.
///
/// # Errors
/// Where `value` is no object, or holds what DynamoDB has no type for.
pub fn put_request(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    out.extend_from_slice(b"{\"PutRequest\":{\"Item\":");
    value.serialize(Writer { out, top: true })?;
    out.extend_from_slice(b"}}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use contract::Table;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::item::Item;
    use crate::seed::Record;

    /// DynamoDB JSON of an item, the long way round.
    fn typed(item: &Item) -> Value {
        Value::Object(
            item.iter()
                .map(|(name, value)| (name.clone(), attribute(value)))
                .collect::<Map<_, _>>(),
        )
    }

    fn attribute(value: &AttributeValue) -> Value {
        match value {
            AttributeValue::S(text) => json!({"S": text}),
            AttributeValue::N(digits) => json!({"N": digits}),
            AttributeValue::Bool(flag) => json!({"BOOL": flag}),
            AttributeValue::L(values) => {
                json!({"L": values.iter().map(attribute).collect::<Vec<_>>()})
            }
            AttributeValue::M(fields) => json!({"M": typed(fields)}),
            _ => json!({"NULL": true}),
        }
    }

    fn written(value: &impl Serialize) -> Value {
        let mut out = Vec::new();
        put_request(&mut out, value).unwrap();
        let value: Value = serde_json::from_slice(&out).unwrap();
        value["PutRequest"]["Item"].clone()
    }

    #[test]
    fn what_is_written_is_the_item_whichever_way() {
        for record in (1..=40).map(|number| Record::new(3, number)) {
            let mut short: Vec<Value> = vec![written(&record.supporter)];
            short.extend(record.donations.iter().map(written));
            short.extend(record.contexts.iter().map(written));
            short.extend(record.interactions.iter().map(written));
            let tables = [
                Table::Users,
                Table::Donations,
                Table::Context,
                Table::Interactions,
            ];
            let long = tables.map(|table| record.items(table).unwrap());
            let long: Vec<Value> = long.iter().flatten().map(typed).collect();
            assert_eq!(short, long);
        }
    }

    #[test]
    fn quotes_and_control_characters_are_escaped() {
        let value = json!({"a": "say \"no\"\n\\", "b": null, "c": [1, true]});
        let expected = json!({
            "a": {"S": "say \"no\"\n\\"}, "b": {"NULL": true},
            "c": {"L": [{"N": "1"}, {"BOOL": true}]},
        });
        assert_eq!(written(&value), expected);
    }

    #[test]
    fn only_objects_are_items() {
        assert!(put_request(&mut Vec::new(), &json!([1])).is_err());
        assert!(put_request(&mut Vec::new(), &"text").is_err());
    }
}
