//! Whether what is there is what would be written.

use contract::Table;

use crate::item::{Item, to_json};
use crate::seed::record::Record;

/// Whether the supporter who is there under this record's id is not this record's. Only what never
/// changes is compared.
pub(super) fn is_somebody_else(record: &Record, theirs: &Item) -> bool {
    let is = |name: &str, ours: &str| {
        let value = theirs.get(name).and_then(|value| value.as_s().ok());
        value.is_some_and(|value| value == ours)
    };
    let ours = &record.supporter;
    !(is("email", &ours.email) && is("joinedAt", &ours.joined_at))
}

/// The key as text that can be compared: values in the key's order.
pub(super) fn identity(table: Table, item: &Item) -> String {
    let value = to_json(item);
    let parts: Vec<String> = table
        .key()
        .attributes()
        .map(|key| value[key.name].to_string())
        .collect();
    parts.join("\n")
}
