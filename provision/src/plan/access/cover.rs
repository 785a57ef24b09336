//! Whether one allowance says as much as another.

use std::collections::BTreeSet;

use super::grant::Grant;

/// Whether some allowance of `others` says the same or more.
pub(super) fn covered(grant: &Grant, others: &BTreeSet<Grant>) -> bool {
    others.iter().any(|other| {
        other.allow
            && other.property_is_like(grant)
            && fits(&other.action, &grant.action)
            && within(other.resource.as_ref(), grant.resource.as_ref())
            && within(other.principal.as_ref(), grant.principal.as_ref())
            && (other.condition.is_empty() || other.condition == grant.condition)
    })
}

impl Grant {
    /// Inline policies of one role count together, whatever their names.
    fn property_is_like(&self, other: &Self) -> bool {
        self.property == other.property
    }
}

fn within(wide: Option<&String>, narrow: Option<&String>) -> bool {
    match (wide, narrow) {
        (Some(wide), Some(narrow)) => fits(wide, narrow),
        (wide, narrow) => wide.is_none() && narrow.is_none(),
    }
}

/// Whether `text` is what `pattern` says; `*` stands for any text, and nothing is unescaped.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(found) = rest.find(part) else {
            return false;
        };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_fits_what_it_stands_for_and_no_more() {
        assert!(fits("dynamodb:*", "dynamodb:Query") && fits("a*c*e", "abcde") && fits("*", ""));
        assert!(!fits("a", "ab") && !fits("a*b", "ab2") && !fits("s3:*", "dynamodb:Query"));
    }
}
