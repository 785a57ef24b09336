//! Whether a record is what its shape says, and what is stored of it. Mistakes name the field and
//! the rule, never the value: it may be about a person.

use contract::Table;
use serde_json::{Map, Value};

use super::shape::{Field, INTEGER_MAX, Kind, Shape, names, shape_of, table_of};

/// A record that may be stored: its table and its item as JSON, what is absent being `null`.
pub type Record = (Table, Map<String, Value>);

/// Checks a record; `default` is its table where it does not name one.
///
/// # Errors
/// Every mistake: `field: rule`.
pub fn check(record: Value, default: Table) -> Result<Record, Vec<String>> {
    let Value::Object(mut fields) = record else {
        return Err(vec!["must be a JSON object".to_owned()]);
    };
    let table = match fields.shift_remove("table") {
        None | Some(Value::Null) => default,
        Some(name) => match name.as_str().and_then(table_of) {
            Some(table) => table,
            None => return Err(vec![format!("table: must be one of {}", names())]),
        },
    };
    let Some(shape) = shape_of(table) else {
        return Err(vec![format!("table: must be one of {}", names())]);
    };
    let mut mistakes = Vec::new();
    let item = object("", shape.fields, fields, shape.open, &mut mistakes);
    limits(shape, &item, &mut mistakes);
    if mistakes.is_empty() {
        Ok((table, item))
    } else {
        Err(mistakes)
    }
}

/// DynamoDB takes items of 400 KB, names included.
const ITEM_MAX: usize = 400 * 1024;

fn limits(shape: &Shape, item: &Map<String, Value>, mistakes: &mut Vec<String>) {
    let size = Value::Object(item.clone()).to_string().len();
    if size > ITEM_MAX {
        let table = shape.table.name();
        mistakes.push(format!("is larger than an item of {table} may be (400 KB)"));
    }
}

fn object(
    path: &str,
    fields: &[Field],
    mut given: Map<String, Value>,
    open: bool,
    mistakes: &mut Vec<String>,
) -> Map<String, Value> {
    let mut item = Map::new();
    for field in fields {
        let path = join(path, field.name);
        let value = given.shift_remove(field.name).unwrap_or_default();
        let kept = if !value.is_null() {
            checked(&path, field.kind, value, mistakes)
        } else if field.required {
            mistakes.push(format!("{path}: is missing"));
            Value::Null
        } else {
            absent(field.kind)
        };
        item.insert(field.name.to_owned(), kept);
    }
    for (name, value) in given {
        if open {
            item.insert(name, value);
        } else {
            // The name of a field is the file's; a value could hide in it all the same.
            let name: String = name.chars().take(40).collect();
            mistakes.push(format!("{}: is no field of this record", join(path, &name)));
        }
    }
    item
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// What is stored where nothing is given.
fn absent(kind: Kind) -> Value {
    match kind {
        Kind::Texts => Value::Array(Vec::new()),
        Kind::Flag => Value::Bool(false),
        Kind::Object(fields) => {
            let pairs = fields
                .iter()
                .map(|field| (field.name.to_owned(), absent(field.kind)));
            Value::Object(pairs.collect())
        }
        _ => Value::Null,
    }
}

fn checked(path: &str, kind: Kind, value: Value, mistakes: &mut Vec<String>) -> Value {
    if let Kind::Object(fields) = kind
        && let Value::Object(given) = value
    {
        return Value::Object(object(path, fields, given, false, mistakes));
    }
    if !takes(kind, &value) {
        mistakes.push(format!("{path}: must be {}", kind.must_be()));
    }
    value
}

fn takes(kind: Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Integer(least), Value::Number(number)) => number
            .as_u64()
            .is_some_and(|number| (least..=INTEGER_MAX).contains(&number)),
        (Kind::Flag, Value::Bool(_)) => true,
        (Kind::Texts, Value::Array(texts)) => texts
            .iter()
            .all(|text| text.as_str().is_some_and(|text| !text.is_empty())),
        (_, Value::String(text)) => kind.takes_text(text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::seed;

    #[test]
    fn a_whole_record_is_kept_and_what_is_absent_is_null() {
        let (table, item) = check(json!({"userId": "a", "name": "Ada"}), Table::Users).unwrap();
        assert_eq!(table, Table::Users);
        insta::assert_snapshot!(
            Value::Object(item).to_string(),
            @r#"{"userId":"a","name":"Ada","email":null,"joinedAt":null,"preferences":{"topics":[],"channel":null,"language":null},"engagement":{"eventsAttended":null,"emailsOpened":null,"lastSeenAt":null,"segments":[]}}"#
        );
    }

    #[test]
    fn every_mistake_is_named_and_no_value_is() {
        let record = json!({
            "table": "Donations", "userId": "no id", "amount": -5, "currency": "pounds",
            "donatedAt": "yesterday", "campain": "x", "recurring": "yes",
        });
        let mistakes = check(record, Table::Users).unwrap_err();
        insta::assert_snapshot!(mistakes.join("\n"), @r"
        userId: must be an id: ^[A-Za-z0-9][A-Za-z0-9._:@|+-]{0,127}$
        donationId: is missing
        amount: must be a whole number from 1 on
        currency: must be a currency like GBP
        donatedAt: must be a time like 2026-10-01T09:30:00Z
        recurring: must be true or false
        campain: is no field of this record
        ");
        assert_eq!(
            check(json!({"table": "Sessions"}), Table::Users).unwrap_err(),
            ["table: must be one of Users, Donations, Context, Interactions"]
        );
        let nested = json!({"userId": "a", "name": "A", "preferences": {"topics": [1]}});
        assert_eq!(
            check(nested, Table::Users).unwrap_err(),
            ["preferences.topics: must be a list of texts"]
        );
    }

    /// Else the sample data would not be what a team may load.
    #[test]
    fn sample_records_are_what_the_shapes_say() {
        for record in (1..=50).map(|number| seed::Record::new(1, number)) {
            let all = [
                Table::Users,
                Table::Donations,
                Table::Context,
                Table::Interactions,
            ];
            for table in all {
                for item in record.items(table).unwrap() {
                    let json = crate::item::to_json(&item);
                    let (_, kept) = check(json.clone(), table).unwrap();
                    assert_eq!(Value::Object(kept), json);
                }
            }
        }
    }
}
