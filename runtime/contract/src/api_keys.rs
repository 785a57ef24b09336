//! Which API keys there are: one, or two while clients move from the one to the other.
//!
//! A parameter of the stack ([`KeyHolder::parameter`]) says so, and the template declares two keys of
//! which one or both are there, so that CloudFormation owns every key at every moment.

use crate::{outputs, parameters};

/// Whose keys they are: each holder's are replaced for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyHolder {
    /// Those who run the platform, and their clients.
    Operators,
    /// The page.
    Page,
}

impl KeyHolder {
    /// All.
    pub const ALL: [Self; 2] = [Self::Operators, Self::Page];

    /// The stack's parameter with a value of [`ApiKeys`].
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Operators => parameters::API_KEYS,
            Self::Page => parameters::PAGE_API_KEYS,
        }
    }

    /// The stack's output with the id of the key to use.
    pub const fn output(self) -> &'static str {
        match self {
            Self::Operators => outputs::API_KEY_ID,
            Self::Page => outputs::PAGE_API_KEY_ID,
        }
    }

    /// The stack's output with the id of the key to move away from, where there are two.
    pub const fn previous_output(self) -> &'static str {
        match self {
            Self::Operators => outputs::PREVIOUS_API_KEY_ID,
            Self::Page => outputs::PREVIOUS_PAGE_API_KEY_ID,
        }
    }
}

/// The keys that both usage plans know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeys {
    /// The first alone.
    First,
    /// Both; clients move to the second.
    FirstToSecond,
    /// The second alone.
    Second,
    /// Both; clients move to the first, made anew.
    SecondToFirst,
}

impl ApiKeys {
    /// All, in the order that rotations go through; the first is the default.
    pub const ALL: [Self; 4] = [
        Self::First,
        Self::FirstToSecond,
        Self::Second,
        Self::SecondToFirst,
    ];

    /// The parameter's value.
    pub const fn value(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::FirstToSecond => "first-to-second",
            Self::Second => "second",
            Self::SecondToFirst => "second-to-first",
        }
    }

    /// The keys that this value of the parameter means, if any.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|keys| keys.value() == value)
    }

    /// Whether there are two.
    pub const fn is_rotating(self) -> bool {
        matches!(self, Self::FirstToSecond | Self::SecondToFirst)
    }

    /// The next step of a rotation: a second key beside the one, or the new one alone.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::First => Self::FirstToSecond,
            Self::FirstToSecond => Self::Second,
            Self::Second => Self::SecondToFirst,
            Self::SecondToFirst => Self::First,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_steps_are_two_rotations() {
        let mut keys = ApiKeys::First;
        for expected in ["first-to-second", "second", "second-to-first", "first"] {
            let rotating = keys.is_rotating();
            keys = keys.next();
            assert_eq!(keys.value(), expected);
            assert_eq!(ApiKeys::from_value(expected), Some(keys));
            assert_ne!(keys.is_rotating(), rotating);
        }
    }
}
