//! The document that a supporter is given: everything that is kept about them.

use contract::Table;
use serde_json::{Value, json};

use super::person::{Found, counts};
use super::readable::readable;

/// Everything about `user_id`, readable: `{"userId","stack","exportedAt","items":{TABLE:n},
/// "profile":{}|null,"donations":[],"contexts":[],"interactions":[],"sessions":[]}`.
pub fn document(user_id: &str, stack: &str, exported_at: &str, found: &Found) -> Value {
    let of = |table: Table| -> Vec<Value> {
        let items = found.get(&table).map(Vec::as_slice).unwrap_or_default();
        items.iter().map(|item| readable(table, item)).collect()
    };
    let counts: serde_json::Map<String, Value> = counts(found)
        .into_iter()
        .map(|(table, count)| (table.name().to_owned(), count.into()))
        .collect();
    json!({
        "userId": user_id,
        "stack": stack,
        "exportedAt": exported_at,
        "items": counts,
        "profile": of(Table::Users).pop(),
        "donations": of(Table::Donations),
        "contexts": of(Table::Context),
        "interactions": of(Table::Interactions),
        "sessions": of(Table::Sessions),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::to_item;

    /// Supporters and scripts read these keys: renaming one breaks them.
    #[test]
    fn the_keys_are_frozen() {
        let mut found: Found = Table::ALL.map(|table| (table, Vec::new())).into();
        let user = to_item(&json!({"userId": "u", "name": "Ada"})).unwrap();
        let session = to_item(&json!({"sessionId": "s", "userId": "u", "expiresAt": 5})).unwrap();
        found.insert(Table::Users, vec![user]);
        found.insert(Table::Sessions, vec![session]);
        let text = document("u", "Blue", "2026-11-23T22:00:00Z", &found).to_string();
        insta::assert_snapshot!(text, @r#"{"userId":"u","stack":"Blue","exportedAt":"2026-11-23T22:00:00Z","items":{"Users":1,"Donations":0,"Context":0,"Sessions":1,"Interactions":0},"profile":{"userId":"u","name":"Ada"},"donations":[],"contexts":[],"interactions":[],"sessions":[{"sessionId":"s","expiresAt":5,"userId":"u"}]}"#);
    }
}
