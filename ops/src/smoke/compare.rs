//! Comparing what was read with what is required; a difference names both.

use std::fmt::Debug;

use serde_json::Value;

use super::check::Finding;

/// `what` must be `required`.
pub fn same<T: PartialEq + Debug>(what: &str, live: &T, required: &T) -> Result<(), Finding> {
    if live == required {
        return Ok(());
    }
    Err(Finding::new(format!(
        "{what} is {}, not {}",
        said(live),
        said(required)
    )))
}

/// A value as a person says it: what may be absent is named plainly.
fn said(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let inner = text
        .strip_prefix("Some(")
        .and_then(|text| text.strip_suffix(')'));
    match (text.as_str(), inner) {
        ("None", _) => "absent".to_owned(),
        (_, Some(inner)) => inner.to_owned(),
        _ => text,
    }
}

/// `holds`, or the finding.
pub fn ensure(holds: bool, finding: impl FnOnce() -> String) -> Result<(), Finding> {
    if holds {
        Ok(())
    } else {
        Err(Finding::new(finding()))
    }
}

/// What is there, or that it is missing.
pub fn present<T>(what: &str, value: Option<T>) -> Result<T, Finding> {
    value.ok_or_else(|| Finding::new(format!("{what} is missing")))
}

/// A JSON object's fields: exactly these, each of its kind (`string`, `integer`, `array`,
/// `object`, `bool`, `number`, `?` after it where `null` will do).
pub fn shape(what: &str, value: &Value, fields: &[(&str, &str)]) -> Result<(), Finding> {
    let Value::Object(map) = value else {
        return Err(Finding::new(format!("{what} is no JSON object")));
    };
    for (name, kind) in fields {
        let field = present(&format!("{what}.{name}"), map.get(*name))?;
        ensure(is_kind(field, kind), || {
            format!("{what}.{name} is {field}, not {kind}")
        })?;
    }
    let unknown = map
        .keys()
        .find(|key| fields.iter().all(|(name, _)| name != key));
    ensure(unknown.is_none(), || {
        format!(
            "{what} has a field that the contract does not: {}",
            unknown.map_or("", |n| n)
        )
    })
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind.strip_suffix('?') {
        Some(kind) => value.is_null() || is_kind(value, kind),
        None => match kind {
            "string" => value.is_string(),
            "integer" => value.is_u64(),
            "number" => value.is_number(),
            "bool" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_both_values() {
        let finding = same("burst", &50, &200).unwrap_err();
        assert_eq!(finding.to_string(), "burst is 50, not 200");
        let finding = same("type", &None, &Some("KMS")).unwrap_err();
        assert_eq!(finding.to_string(), "type is absent, not \"KMS\"");
    }

    #[test]
    fn a_shape_wants_every_field_of_its_kind_and_no_other() {
        let fields = [("a", "string"), ("b", "integer?")];
        let said = |value| shape("it", &value, &fields).map_err(|finding| finding.to_string());
        assert_eq!(said(json!({"a": "x", "b": null})), Ok(()));
        assert_eq!(said(json!({"a": "x"})), Err("it.b is missing".into()));
        assert_eq!(
            said(json!({"a": 1, "b": 1})),
            Err("it.a is 1, not string".into())
        );
        assert!(
            said(json!({"a": "", "b": 1, "c": 1}))
                .unwrap_err()
                .ends_with("does not: c")
        );
        assert!(said(json!([])).is_err());
    }
}
