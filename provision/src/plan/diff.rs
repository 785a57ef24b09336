//! Two values, compared to their leaves.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::document::plain;

/// One leaf that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The way to it: keys of objects, and for lists the item's own name where it has one.
    pub path: Vec<String>,
    /// The value before; `None` where there was none.
    pub before: Option<Value>,
    /// The value after; `None` where there is none.
    pub after: Option<Value>,
}

/// What names an item of a list among its siblings, in the order of preference.
const NAMES: [&str; 8] = [
    "Key",
    "AttributeName",
    "PolicyName",
    "Sid",
    "StatusCode",
    "IndexName",
    "ResourcePath",
    "Name",
];

/// The leaves that differ, sorted by path. Where one side lacks a whole branch, its leaves count
/// one by one, so that rules on leaves hold.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(&mut Vec::new(), Some(before), Some(after), &mut found);
    found
}

fn compare(
    path: &mut Vec<String>,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    if same(before, after) {
        return;
    }
    if let Some((before, after)) = branches(before, after) {
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            path.push(key.clone());
            compare(
                path,
                before.get(key).copied(),
                after.get(key).copied(),
                found,
            );
            path.pop();
        }
        return;
    }
    found.push(Difference {
        path: path.clone(),
        before: before.cloned(),
        after: after.cloned(),
    });
}

fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(Value::Array(a)), Some(Value::Array(b))) if leaves(a) && leaves(b) => {
            let texts = |list: &[Value]| list.iter().map(plain).collect::<BTreeSet<_>>();
            texts(a) == texts(b)
        }
        (Some(Value::Object(_) | Value::Array(_)), _)
        | (_, Some(Value::Object(_) | Value::Array(_))) => before == after,
        (Some(a), Some(b)) => plain(a) == plain(b),
        _ => before.is_none() && after.is_none(),
    }
}

fn leaves(list: &[Value]) -> bool {
    list.iter()
        .all(|item| !item.is_object() && !item.is_array())
}

type Branch<'a> = BTreeMap<String, &'a Value>;

/// Both sides by key, where each is an object or a list of objects, or missing (but not both).
fn branches<'a>(
    before: Option<&'a Value>,
    after: Option<&'a Value>,
) -> Option<(Branch<'a>, Branch<'a>)> {
    let by_key = |side: Option<&'a Value>| match side {
        None => Some(Branch::new()),
        Some(Value::Object(map)) => Some(of_object(map)),
        Some(Value::Array(items)) if items.iter().all(Value::is_object) => Some(of_list(items)),
        Some(_) => None,
    };
    let (before, after) = (by_key(before)?, by_key(after)?);
    // `{}` that comes or goes has no leaves to tell of it.
    (!before.is_empty() || !after.is_empty()).then_some((before, after))
}

fn of_object(map: &Map<String, Value>) -> Branch<'_> {
    map.iter()
        .map(|(key, value)| (key.clone(), value))
        .collect()
}

fn of_list(items: &[Value]) -> Branch<'_> {
    let named = |name: &&&str| {
        let keys: BTreeSet<String> = items
            .iter()
            .filter_map(|item| item.get(**name))
            .map(plain)
            .collect();
        keys.len() == items.len()
    };
    let name = NAMES.iter().find(named);
    let key = |(index, item): (usize, &Value)| match name.and_then(|name| item.get(*name)) {
        Some(key) => plain(key),
        None => index.to_string(),
    };
    items
        .iter()
        .enumerate()
        .map(|(index, item)| (key((index, item)), item))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(before: &Value, after: &Value) -> Vec<String> {
        let show = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), plain);
        differences(before, after)
            .iter()
            .map(|d| {
                format!(
                    "{}: {} > {}",
                    d.path.join("."),
                    show(&d.before),
                    show(&d.after)
                )
            })
            .collect()
    }

    #[test]
    fn leaves_are_compared_as_cloudformation_takes_them() {
        let before = json!({"A": "200", "B": true, "C": ["x", "y"], "D": 1});
        let after = json!({"A": 200, "B": "true", "C": ["y", "x"], "D": 2});
        assert_eq!(lines(&before, &after), ["D: 1 > 2"]);
    }

    #[test]
    fn a_branch_that_is_gone_counts_leaf_by_leaf() {
        let before = json!({"Throttle": {"RateLimit": 100, "BurstLimit": 200}});
        assert_eq!(
            lines(&before, &json!({})),
            [
                "Throttle.BurstLimit: 200 > -",
                "Throttle.RateLimit: 100 > -"
            ]
        );
    }

    #[test]
    fn items_of_a_list_are_known_by_their_names_not_their_places() {
        let before = json!({"Tags": [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]});
        let after = json!({"Tags": [{"Key": "b", "Value": 3}]});
        assert_eq!(
            lines(&before, &after),
            [
                "Tags.a.Key: a > -",
                "Tags.a.Value: 1 > -",
                "Tags.b.Value: 2 > 3"
            ]
        );
    }
}
