//! Which lines are wanted, and from when on.

use contract::Function;
use jiff::{Span, SpanRelativeTo, Timestamp};

use super::entry::{Entry, Kind};

/// What a person asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// These functions; all where there are none.
    pub functions: Vec<Function>,
    /// Only what went wrong.
    pub errors: bool,
    /// Only this request.
    pub request: Option<String>,
    /// Also Lambda's own lines of invocations that went well.
    pub platform: bool,
}

impl Filter {
    /// The functions whose logs are read.
    pub fn functions(&self) -> Vec<Function> {
        let wanted =
            |function: &Function| self.functions.is_empty() || self.functions.contains(function);
        Function::ALL.into_iter().filter(wanted).collect()
    }

    /// Whether a line is shown.
    pub fn takes(&self, entry: &Entry) -> bool {
        let of_interest = match entry.kind {
            Kind::Platform { failed } => failed || self.platform,
            Kind::Event(_) | Kind::Text => true,
        };
        let of_request = |id: &String| entry.is_of_request(id);
        of_interest
            && (!self.errors || entry.is_error())
            && self.request.as_ref().is_none_or(of_request)
    }

    /// What the log service may leave out by itself: lines without the request's id.
    pub fn pattern(&self) -> Option<String> {
        self.request.as_ref().map(|id| format!("\"{id}\""))
    }
}

/// `10m`, `2h`, `1d` ago, or a time as `2026-01-31T12:00:00Z`.
///
/// # Errors
/// Where it is neither.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let span: Result<Span, _> = text.parse();
    let ago = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    ago.and_then(|ago| now.checked_sub(ago.abs()))
        .map_err(|_| "a time ago (10m, 2h, 1d), or a time (2026-01-31T12:00:00Z)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_given_as_such_or_as_how_long_ago() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("10m", "2026-01-31T11:50:00Z"),
            ("1h30m", "2026-01-31T10:30:00Z"),
            ("2d", "2026-01-29T12:00:00Z"),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(since(text, now), Ok(expected.parse().unwrap()), "{text}");
        }
        for wrong in ["", "soon", "10", "9999999d"] {
            assert!(since(wrong, now).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lambdas_lines_are_shown_when_asked_for_or_when_they_tell_of_a_failure() {
        let filter = |platform| Filter {
            platform,
            ..Filter::default()
        };
        let entry = |text: &str| Entry::new(Function::Search, 0, text.to_owned());
        let start = entry("START RequestId: l-1 Version: 1");
        assert!(!filter(false).takes(&start));
        assert!(filter(true).takes(&start));
        let report = entry("REPORT RequestId: l-1\tStatus: timeout");
        assert!(filter(false).takes(&report));
    }
}
