//! Whether a rule holds for what differs.

use serde_json::Value;

use super::kind::{Rule, When};
use crate::plan::diff::Difference;
use crate::plan::document::plain;

impl Rule {
    /// Whether the difference is one that it speaks of.
    pub fn holds(&self, difference: &Difference) -> bool {
        reaches(self.path, &difference.path) && happens(self.when, difference)
    }
}

/// Whether `path` begins with `pattern`. A key with dots in it (a header's) counts as its steps.
pub(super) fn reaches(pattern: &str, path: &[String]) -> bool {
    let pattern: Vec<&str> = pattern.split('.').collect();
    let steps: Vec<&str> = path.iter().flat_map(|step| step.split('.')).collect();
    begins(&pattern, &steps)
}

fn begins(pattern: &[&str], steps: &[&str]) -> bool {
    match (pattern, steps) {
        ([], _) => true,
        (["**", rest @ ..], _) => (0..=steps.len()).any(|skip| begins(rest, &steps[skip..])),
        (["*", rest @ ..], [_, more @ ..]) => begins(rest, more),
        ([first, rest @ ..], [step, more @ ..]) => first == step && begins(rest, more),
        (_, []) => false,
    }
}

fn happens(when: When, difference: &Difference) -> bool {
    let text = |side: &Option<Value>| side.as_ref().map(plain);
    let (before, after) = (text(&difference.before), text(&difference.after));
    let number = |side: &Option<String>| side.as_deref().and_then(|text| text.parse::<f64>().ok());
    let greater = matches!((number(&before), number(&after)), (Some(old), Some(new)) if new > old);
    let is = |side: &Option<String>, word: &str| side.as_deref() == Some(word);
    match when {
        When::Any => true,
        When::Added => before.is_none() && after.is_some(),
        When::Removed => after.is_none() && before.is_some(),
        When::RaisedOrRemoved => greater || (after.is_none() && before.is_some()),
        When::Loosened => limit(after.as_deref()) > limit(before.as_deref()),
        When::Raised => greater,
        When::Lowered => {
            matches!((number(&before), number(&after)), (Some(old), Some(new)) if new < old)
        }
        When::Off => is(&before, "true") && !is(&after, "true"),
        When::On => is(&after, "true") && !is(&before, "true"),
        When::Becomes(word) => is(&after, word) && !is(&before, word),
        When::Leaves(word) => is(&before, word) && !is(&after, word),
    }
}

/// How much is let through; where a number is not known, it may be any.
fn limit(text: Option<&str>) -> f64 {
    let number = text.and_then(|text| text.parse::<f64>().ok());
    number
        .filter(|number| *number >= 0.0)
        .unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_known_by_its_start_and_its_stars() {
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let reach = |pattern: &str, text: &str| reaches(pattern, &path(text));
        assert!(reach("Throttle", "Throttle.RateLimit"));
        assert!(reach(
            "Schema.**.maxLength",
            "Schema.properties.message.maxLength"
        ));
        assert!(reach("Schema.**.maxLength", "Schema.maxLength"));
        assert!(reach("A.*.C", "A.b.C"));
        assert!(!reach("A.*.C", "A.C") && !reach("Throttle.RateLimit", "Throttle"));
    }

    #[test]
    fn a_limit_below_zero_is_none() {
        let loosened = |before: Option<i32>, after: Option<i32>| {
            let side = |number: Option<i32>| number.map(|number| json!(number));
            let difference = Difference {
                path: vec![],
                before: side(before),
                after: side(after),
            };
            happens(When::Loosened, &difference)
        };
        assert!(loosened(Some(100), Some(-1)) && loosened(Some(100), None));
        assert!(loosened(Some(100), Some(101)) && loosened(Some(0), Some(1)));
        assert!(!loosened(Some(100), Some(99)) && !loosened(Some(-1), Some(100)));
        assert!(!loosened(None, Some(100)) && !loosened(None, Some(-1)));
    }
}
