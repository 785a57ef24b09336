//! The first pass over a file: every mistake, before anything is written.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use contract::{Failure, Table};
use serde_json::{Map, Value};

use super::check::check;
use super::read::lines;
use crate::erasure::Erasures;

/// Records of a file that has no mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Valid {
    /// How many.
    pub records: u64,
}

/// Reads the whole file and tells `say` of every mistake: `FILE:LINE: FIELD: RULE`.
///
/// Who is on the list of `erased` is refused: a file must not bring back whom the charity forgot.
/// Memory: nine bytes a record, to know keys that occur twice.
///
/// # Errors
/// Where the file cannot be read, or has a mistake.
pub fn validate(
    path: &Path,
    table: Table,
    erased: &Erasures,
    say: impl Fn(&str),
) -> anyhow::Result<Valid> {
    let mut keys: HashSet<u64> = HashSet::new();
    let (mut records, mut mistakes) = (0_u64, 0_u64);
    for line in lines(path, table)? {
        let (number, record) = line?;
        records += 1;
        let found = match record
            .map_err(|what| vec![what])
            .and_then(|r| check(r, table))
        {
            Err(found) => found,
            Ok((table, item)) => about_others(table, &item, &mut keys, erased),
        };
        for mistake in &found {
            say(&format!("{}:{number}: {mistake}", path.display()));
        }
        mistakes += found.len() as u64;
    }
    if mistakes == 0 {
        return Ok(Valid { records });
    }
    let plural = if mistakes == 1 { "" } else { "s" };
    Err(Failure::new(format!(
        "{mistakes} mistake{plural} in {}; nothing was written",
        path.display()
    ))
    .hint("mend the lines above; what a line may hold: cargo ops schema")
    .into())
}

/// What is wrong with a record beside others.
fn about_others(
    table: Table,
    item: &Map<String, Value>,
    keys: &mut HashSet<u64>,
    erased: &Erasures,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut hasher = DefaultHasher::new();
    table.name().hash(&mut hasher);
    let names: Vec<&str> = table.key().attributes().map(|key| key.name).collect();
    for name in &names {
        item[*name].to_string().hash(&mut hasher);
    }
    if !keys.insert(hasher.finish()) {
        found.push(format!(
            "{}: an earlier line has the same",
            names.join(" and ")
        ));
    }
    let user = item["userId"].as_str().unwrap_or_default();
    if let Some(at) = erased.erased_at(user) {
        found.push(format!(
            "userId: this supporter was erased on {at}; leave them out"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn all_mistakes_are_told_with_their_lines() {
        let folder = std::env::temp_dir().join(format!("ops-validate-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("people.jsonl");
        let text = "{\"userId\":\"a\",\"name\":\"Ada\"}\n{\"userId\":\"a\",\"name\":\"Ada\"}\n\
                    {\"userId\":\"gone\",\"name\":\"x\"}\n{\"userId\":\"b\"}\n";
        std::fs::write(&path, text).unwrap();
        let mut erased = Erasures::none("Blue");
        erased.add("gone", "2026-01-01T00:00:00Z");
        let said = RefCell::new(Vec::new());
        let result = validate(&path, Table::Users, &erased, |text| {
            let line = text.rsplit("jsonl").next().unwrap_or_default().to_owned();
            said.borrow_mut().push(line);
        });
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(
            result
                .unwrap_err()
                .to_string()
                .starts_with("3 mistakes in ")
        );
        assert_eq!(
            *said.borrow(),
            [
                ":2: userId: an earlier line has the same",
                ":3: userId: this supporter was erased on 2026-01-01T00:00:00Z; leave them out",
                ":4: name: is missing",
            ]
        );
    }
}
