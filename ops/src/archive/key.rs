//! Attributes of a canonical item, found without taking it apart.

use std::ops::Range;

use contract::Table;
use serde::Deserialize as _;

/// The names of a table's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNames {
    /// The `HASH` attribute.
    pub partition: String,
    /// The `RANGE` attribute, where there is one.
    pub sort: Option<String>,
}

impl KeyNames {
    /// Those of a platform's table.
    pub fn of(table: Table) -> Self {
        let key = table.key();
        Self {
            partition: key.partition.name.to_owned(),
            sort: key.sort.map(|sort| sort.name.to_owned()),
        }
    }

    /// The key's values in a canonical item, `{"S":"…"}` each, the second empty where the key has
    /// one attribute; `None` where one is missing.
    pub fn values<'a>(&self, line: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let (partition, sort) = self.ranges(line)?;
        Some((&line[partition], &line[sort]))
    }

    /// Where [`KeyNames::values`] are in the line.
    pub fn ranges(&self, line: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
        let partition = attribute_range(line, &self.partition)?;
        let sort = match &self.sort {
            Some(name) => attribute_range(line, name)?,
            None => 0..0,
        };
        Some((partition, sort))
    }

    /// The key as DynamoDB takes it: `{"userId":{"S":"…"},…}`.
    pub fn object(&self, line: &[u8]) -> Option<Vec<u8>> {
        let (partition, sort) = self.values(line)?;
        let mut object = Vec::with_capacity(96);
        member(&mut object, b'{', &self.partition, partition);
        if let Some(name) = &self.sort {
            member(&mut object, b',', name, sort);
        }
        object.push(b'}');
        Some(object)
    }
}

fn member(out: &mut Vec<u8>, before: u8, name: &str, value: &[u8]) {
    out.extend_from_slice(&[before, b'"']);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    out.extend_from_slice(value);
}

/// The value (`{"S":"…"}`) of the attribute called `name` in a canonical item.
pub fn attribute<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    line.get(attribute_range(line, name)?)
}

fn attribute_range(line: &[u8], name: &str) -> Option<Range<usize>> {
    let mut at = 1;
    while line.get(at) == Some(&b'"') {
        let name_end = string_end(line, at)?;
        let value = name_end + 1;
        let end = value_end(line, value)?;
        if &line[at + 1..name_end - 1] == name.as_bytes() {
            return Some(value..end);
        }
        at = end + 1;
    }
    None
}

/// The text of a value `{"S":"…"}`; `None` where it is of another type.
pub fn text_of(value: &[u8]) -> Option<String> {
    let quoted = value.strip_prefix(b"{\"S\":")?.strip_suffix(b"}")?;
    let mut reader = serde_json::Deserializer::from_slice(quoted);
    String::deserialize(&mut reader).ok()
}

/// Just after the string that begins at `at`.
fn string_end(line: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match line.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Just after the value, an object, that begins at `at`.
fn value_end(line: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut depth) = (at, 0_usize);
    loop {
        match line.get(at)? {
            b'"' => {
                at = string_end(line, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &[u8] =
        br#"{"a":{"M":{"userId":{"S":"}\""}}},"userId":{"S":"u\"1"},"version":{"N":"3"}}"#;

    #[test]
    fn attributes_are_those_of_the_item_and_not_of_what_is_in_it() {
        let value = attribute(LINE, "userId").unwrap();
        assert_eq!(value, br#"{"S":"u\"1"}"#);
        assert_eq!(text_of(value).as_deref(), Some("u\"1"));
        assert_eq!(attribute(LINE, "none"), None);
        assert_eq!(text_of(br#"{"N":"3"}"#), None);
        assert_eq!(attribute(b"{}", "userId"), None);
    }

    #[test]
    fn a_key_is_made_of_both_its_attributes() {
        let key = KeyNames::of(Table::Context);
        assert_eq!(
            key.object(LINE).unwrap(),
            br#"{"userId":{"S":"u\"1"},"version":{"N":"3"}}"#
        );
        assert_eq!(key.object(br#"{"userId":{"S":"u"}}"#), None);
    }
}
