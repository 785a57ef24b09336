//! The keys of the platform's tables, as DynamoDB and CloudFormation spell them.

use contract::Table;
use serde_json::{Map, Value, json};

/// `AttributeDefinitions` and `KeySchema` of a table.
pub fn key_json(table: Table) -> Map<String, Value> {
    let key = table.key();
    let attributes = key
        .attributes()
        .map(|one| json!({"AttributeName": one.name, "AttributeType": one.kind.code()}));
    let schema = key
        .attributes()
        .zip(["HASH", "RANGE"])
        .map(|(one, role)| json!({"AttributeName": one.name, "KeyType": role}));
    Map::from_iter([
        ("AttributeDefinitions".to_owned(), attributes.collect()),
        ("KeySchema".to_owned(), schema.collect()),
    ])
}
