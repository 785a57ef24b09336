//! Items as attributes, by name.
//!
//! Reading is tolerant where the contract is: an attribute that is absent, `NULL` or of another
//! type reads as nothing. What must be there is asked for with [`Reader::required`].

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;

/// An item.
pub(super) type Item = HashMap<String, AttributeValue>;

/// An attribute that must be there is not, or has another type.
#[derive(Debug, thiserror::Error)]
#[error("an item has no valid `{0}`")]
pub(super) struct Malformed(&'static str);

/// Reads an item, or a map inside one.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(Option<&'a Item>);

impl<'a> Reader<'a> {
    pub fn new(item: &'a Item) -> Self {
        Self(Some(item))
    }

    fn value(self, name: &str) -> Option<&'a AttributeValue> {
        self.0?.get(name)
    }

    /// `S`
    pub fn text(self, name: &str) -> Option<String> {
        self.value(name)?.as_s().ok().cloned()
    }

    /// `N`
    pub fn number<N: FromStr>(self, name: &str) -> Option<N> {
        self.value(name)?.as_n().ok()?.parse().ok()
    }

    /// `BOOL`
    pub fn flag(self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool().ok().copied()
    }

    /// `L` of `S`
    pub fn texts(self, name: &str) -> Vec<String> {
        let values = self.value(name).and_then(|value| value.as_l().ok());
        let texts = values
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_s().ok());
        texts.cloned().collect()
    }

    /// `M` of `N`
    pub fn numbers<N: FromStr>(self, name: &str) -> BTreeMap<String, N> {
        let values = self.value(name).and_then(|value| value.as_m().ok());
        let number = |(name, value): (&String, &AttributeValue)| {
            Some((name.clone(), value.as_n().ok()?.parse().ok()?))
        };
        values.into_iter().flatten().filter_map(number).collect()
    }

    /// `M`
    pub fn map(self, name: &str) -> Self {
        Self(self.value(name).and_then(|value| value.as_m().ok()))
    }

    /// What `read` gives for an attribute that must be there.
    pub fn required<V>(
        self,
        name: &'static str,
        read: impl FnOnce(Self, &str) -> Option<V>,
    ) -> Result<V, Malformed> {
        read(self, name).ok_or(Malformed(name))
    }
}

/// `S`
pub(super) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// `N`
pub(super) fn n<N: ToString + Copy>(number: N) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// `L` of `S`
pub(super) fn l(texts: &[String]) -> AttributeValue {
    AttributeValue::L(texts.iter().map(s).collect())
}

/// `M` of `N`
pub(super) fn m<N: ToString + Copy>(numbers: &BTreeMap<String, N>) -> AttributeValue {
    let numbers = numbers
        .iter()
        .map(|(name, number)| (name.clone(), n(*number)));
    AttributeValue::M(numbers.collect())
}

/// An item of these attributes.
pub(super) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
