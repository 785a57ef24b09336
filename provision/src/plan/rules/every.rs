//! What means the same in every type.

use super::kind::When::Any;
use super::kind::{Rule, rule};
use crate::plan::Grade::Safe;

/// They come before a type's own.
pub(super) const RULES: &[Rule] = &[
    rule("Tags", Any, Safe, "a tag"),
    rule("Description", Any, Safe, "words for people"),
    rule("Metadata", Any, Safe, "words for people"),
];
