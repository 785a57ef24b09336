//! What a deployment would change, and what that means to the people who depend on it. Pure.
//!
//! `document` resolves a template with its parameters; `diff` compares two of them property by
//! property; `rules` says, as data, what each difference means; `access` compares who may do what;
//! `grade` joins all of it with the change set. `text` and `markdown` render, and know no rules.

pub mod access;
mod change;
pub mod diff;
pub mod document;
pub mod grade;
pub mod markdown;
pub mod rules;
pub mod text;

#[cfg(test)]
mod loopholes;
#[cfg(test)]
mod mistakes;

pub use change::{Action, Change, Grade, Plan, PropertyChange, Recreation};
