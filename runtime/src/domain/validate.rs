//! Checks JSON against a shape of the contract (REST-5, in the function).
//!
//! Strict as the gateway's models are: unknown fields are refused, an optional field may be absent
//! but not `null`, lengths count Unicode scalar values.

use std::fmt;

use contract::limits::{ID_MAX, is_id};
use contract::schema::{Field, Kind, Object};
use serde_json::{Map, Value};

/// Longest name of an unknown field that is quoted back.
const QUOTED_MAX: usize = 64;

/// Why JSON does not fit a shape; names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// It is not JSON at all.
    NotJson,
    /// It is JSON, but not an object.
    NotAnObject,
    /// A required field is absent.
    Missing(&'static str),
    /// A field that the shape does not have.
    Unknown(String),
    /// A field has a value that it does not take.
    Field(&'static str, Kind),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("Not valid JSON."),
            Self::NotAnObject => f.write_str("Not a JSON object."),
            Self::Missing(name) => write!(f, "`{name}` is missing."),
            Self::Unknown(name) => write!(f, "`{name}` is not a known field."),
            Self::Field(name, kind) => write!(f, "`{name}` must be {}.", Expected(*kind)),
        }
    }
}

struct Expected(Kind);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Id => write!(
                f,
                "an id: 1 to {ID_MAX} letters, digits or ._:@|+-, the first a letter or digit"
            ),
            Kind::Text { min, max } => write!(f, "text of {min} to {max} characters"),
            Kind::Choice(words) => write!(f, "one of: {}", words.join(", ")),
            Kind::Integer { min, max } => write!(f, "a whole number from {min} to {max}"),
        }
    }
}

/// An object that fits its shape.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a>(&'a Map<String, Value>);

impl<'a> Checked<'a> {
    /// The text of an optional field.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The text of a required field.
    pub fn required_text(self, name: &'static str) -> Result<&'a str, Invalid> {
        self.text(name).ok_or(Invalid::Missing(name))
    }

    /// The number of an optional field.
    pub fn integer(self, name: &str) -> Option<usize> {
        self.0.get(name).and_then(as_integer)
    }
}

/// Reads `text` as JSON.
pub fn parse(text: &str) -> Result<Value, Invalid> {
    serde_json::from_str(text).map_err(|_| Invalid::NotJson)
}

/// Checks `value` against `shape`.
pub fn check<'a>(shape: &Object, value: &'a Value) -> Result<Checked<'a>, Invalid> {
    let object = value.as_object().ok_or(Invalid::NotAnObject)?;
    let known = |name: &str| shape.fields.iter().any(|field| field.name == name);
    if let Some(name) = object.keys().find(|name| !known(name)) {
        return Err(Invalid::Unknown(name.chars().take(QUOTED_MAX).collect()));
    }
    for field in shape.fields {
        check_field(field, object.get(field.name))?;
    }
    Ok(Checked(object))
}

fn check_field(field: &Field, value: Option<&Value>) -> Result<(), Invalid> {
    match value {
        None if field.required => Err(Invalid::Missing(field.name)),
        None => Ok(()),
        Some(value) if takes(field.kind, value) => Ok(()),
        Some(_) => Err(Invalid::Field(field.name, field.kind)),
    }
}

/// Whether a field of `kind` takes `value`.
pub fn takes(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Id => value.as_str().is_some_and(is_id),
        Kind::Text { min, max } => value
            .as_str()
            .is_some_and(|text| (min..=max).contains(&text.chars().count())),
        Kind::Choice(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::Integer { min, max } => {
            as_integer(value).is_some_and(|number| (min..=max).contains(&number))
        }
    }
}

fn as_integer(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use contract::schema::{AGENT_REQUEST, SEARCH_REQUEST};
    use serde_json::json;

    use super::*;

    fn refusal(shape: &Object, value: &Value) -> String {
        check(shape, value).unwrap_err().to_string()
    }

    #[test]
    fn what_fits_passes() {
        let value = json!({"query": "🎗️", "userId": "u-1", "kind": "paper", "limit": 50});
        let checked = check(&SEARCH_REQUEST, &value).unwrap();
        assert_eq!(checked.text("kind"), Some("paper"));
        assert_eq!(checked.integer("limit"), Some(50));
    }

    #[test]
    fn refusals_name_the_field() {
        let shape = &SEARCH_REQUEST;
        assert_eq!(refusal(shape, &json!({})), "`query` is missing.");
        assert_eq!(
            refusal(shape, &json!({"query": "a", "sort": 1})),
            "`sort` is not a known field."
        );
        assert_eq!(
            refusal(shape, &json!({"query": ""})),
            "`query` must be text of 1 to 512 characters."
        );
        assert_eq!(
            refusal(shape, &json!({"query": "a", "kind": "video"})),
            "`kind` must be one of: article, paper."
        );
        for limit in [
            json!(0),
            json!(51),
            json!(-1),
            json!(1.5),
            json!("3"),
            json!(null),
        ] {
            assert_eq!(
                refusal(shape, &json!({"query": "a", "limit": limit})),
                "`limit` must be a whole number from 1 to 50."
            );
        }
        assert!(
            refusal(shape, &json!({"query": "a", "userId": "a b"})).starts_with("`userId` must be")
        );
        assert_eq!(refusal(shape, &json!([])), "Not a JSON object.");
    }

    #[test]
    fn lengths_count_scalar_values() {
        let text = |n: usize| json!({"userId": "u", "message": "é".repeat(n)});
        assert!(check(&AGENT_REQUEST, &text(4000)).is_ok());
        assert!(check(&AGENT_REQUEST, &text(4001)).is_err());
    }

    #[test]
    fn null_is_not_absent() {
        let value = json!({"userId": "u", "message": "m", "conversationId": null});
        assert!(check(&AGENT_REQUEST, &value).is_err());
    }
}
