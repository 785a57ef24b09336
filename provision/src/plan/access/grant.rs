//! What a policy says, taken apart.

use std::fmt::Write;

/// One thing that a policy allows or denies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grant {
    /// The property that the policy stands in.
    pub property: String,
    pub allow: bool,
    pub principal: Option<String>,
    pub action: String,
    pub resource: Option<String>,
    /// Empty for none.
    pub condition: String,
}

impl Grant {
    /// As a sentence: `PRINCIPAL may ACTION on RESOURCE if CONDITION`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        if !self.allow {
            words.push_str("deny ");
        }
        if let Some(principal) = &self.principal {
            let _ = write!(words, "{principal} may ");
        }
        words.push_str(&self.action);
        if let Some(resource) = &self.resource {
            let _ = write!(words, " on {resource}");
        }
        if !self.condition.is_empty() {
            let _ = write!(words, " if {}", self.condition);
        }
        words
    }
}
