//! An item as a person reads it, and exact: nothing is dropped or rounded.

use aws_sdk_dynamodb::types::AttributeValue;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use contract::Table;
use serde_json::{Map, Value, json};

use crate::item::Item;

/// The JSON of an item of `table`: its key first, then the rest by name.
///
/// Numbers that JSON readers would round are texts of digits; binary is `{"base64": …}`.
pub fn readable(table: Table, item: &Item) -> Value {
    let keys: Vec<&str> = table.key().attributes().map(|key| key.name).collect();
    let mut names: Vec<&String> = item.keys().collect();
    names.sort_by_key(|name| (keys.iter().position(|key| key == name).unwrap_or(9), *name));
    let fields = names
        .into_iter()
        .map(|name| (name.clone(), value(&item[name])));
    Value::Object(fields.collect())
}

fn value(attribute: &AttributeValue) -> Value {
    match attribute {
        AttributeValue::Bool(flag) => Value::Bool(*flag),
        AttributeValue::S(text) => Value::String(text.clone()),
        AttributeValue::N(digits) => number(digits),
        AttributeValue::B(blob) => binary(blob.as_ref()),
        AttributeValue::L(values) => values.iter().map(value).collect(),
        AttributeValue::M(fields) => map(fields),
        AttributeValue::Ss(texts) => texts.iter().cloned().map(Value::String).collect(),
        AttributeValue::Ns(numbers) => numbers.iter().map(|digits| number(digits)).collect(),
        AttributeValue::Bs(blobs) => blobs.iter().map(|blob| binary(blob.as_ref())).collect(),
        // `Null`, and kinds that DynamoDB may get: there is nothing of theirs to show.
        _ => Value::Null,
    }
}

fn map(fields: &Item) -> Value {
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    let pairs = names
        .into_iter()
        .map(|name| (name.clone(), value(&fields[name])));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// A JSON number where it reads back as the same digits, else the digits.
fn number(digits: &str) -> Value {
    let parsed: Option<Value> = serde_json::from_str(digits).ok().filter(Value::is_number);
    let exact = parsed.filter(|number| {
        let text = number.to_string();
        text == digits
    });
    exact.unwrap_or_else(|| Value::String(digits.to_owned()))
}

fn binary(bytes: &[u8]) -> Value {
    json!({"base64": BASE64_STANDARD.encode(bytes)})
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    #[test]
    fn nothing_is_rounded_or_dropped_and_the_key_comes_first() {
        let digits = "12345678901234567890123456789012345678";
        let item = Item::from([
            ("amount".to_owned(), AttributeValue::N("1500".into())),
            ("exact".to_owned(), AttributeValue::N(digits.into())),
            ("userId".to_owned(), AttributeValue::S("u".into())),
            ("donationId".to_owned(), AttributeValue::S("d".into())),
            ("photo".to_owned(), AttributeValue::B(Blob::new([1, 2, 3]))),
            ("tags".to_owned(), AttributeValue::Ss(vec!["a".into()])),
            ("none".to_owned(), AttributeValue::Null(true)),
        ]);
        insta::assert_snapshot!(
            readable(Table::Donations, &item).to_string(),
            @r#"{"userId":"u","donationId":"d","amount":1500,"exact":"12345678901234567890123456789012345678","none":null,"photo":{"base64":"AQID"},"tags":["a"]}"#
        );
    }
}
