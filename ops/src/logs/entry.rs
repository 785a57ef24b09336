//! One line of a log: who wrote it, when, and what it is.

use contract::metrics::{Dimension, field};
use contract::{ErrorCode, Function};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON of a function's.
    Event(Map<String, Value>),
    /// Lambda's own: an invocation begins, ends, or is accounted for.
    Platform {
        /// Whether it tells of an invocation that went wrong.
        failed: bool,
    },
    /// Anything else.
    Text,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was written, in milliseconds since 1970.
    pub at_ms: i64,
    /// When the log service took it for, which may be later.
    pub event_ms: i64,
    /// The function.
    pub function: Function,
    /// The line as it is.
    pub text: String,
    /// What it is.
    pub kind: Kind,
}

impl Entry {
    /// A line of `function`'s, which the log service has under `event_ms`.
    pub fn new(function: Function, event_ms: i64, text: String) -> Self {
        let kind = kind(&text);
        let own = match &kind {
            Kind::Event(fields) => fields.get(field::TIMESTAMP).and_then(Value::as_str),
            _ => None,
        };
        let own = own.and_then(|text| text.parse::<Timestamp>().ok());
        Self {
            // A line is never written after it was taken in.
            at_ms: own.map_or(event_ms, |own| own.as_millisecond().min(event_ms)),
            event_ms,
            function,
            text,
            kind,
        }
    }

    /// A field of a function's own line.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Event(fields) => fields.get(name).filter(|value| !value.is_null()),
            _ => None,
        }
    }

    /// A field that is text.
    pub fn text_field(&self, name: &str) -> Option<&str> {
        self.field(name).and_then(Value::as_str)
    }

    /// Whether it tells of something that went wrong: a warning or an error, a request whose
    /// client was told of one, an invocation that failed.
    pub fn is_error(&self) -> bool {
        match &self.kind {
            Kind::Platform { failed } => *failed,
            Kind::Event(_) => {
                let level = self.text_field(field::LEVEL);
                level.is_some_and(|level| level == "ERROR" || level == "WARN")
                    || self.code().is_some()
            }
            // What a process says outside of its log is how it died.
            Kind::Text => true,
        }
    }

    /// What the client was told.
    pub fn code(&self) -> Option<ErrorCode> {
        self.text_field(Dimension::Code.name())
            .and_then(ErrorCode::from_code)
    }

    /// Whether it belongs to this request, by the id that the client has or by Lambda's.
    pub fn is_of_request(&self, id: &str) -> bool {
        match &self.kind {
            Kind::Event(_) => [field::REQUEST_ID, field::LAMBDA_REQUEST_ID]
                .iter()
                .any(|name| self.text_field(name) == Some(id)),
            Kind::Platform { .. } | Kind::Text => self.text.contains(id),
        }
    }
}

/// How Lambda's lines begin where they are text.
const PLATFORM: [&str; 4] = [
    "START RequestId: ",
    "END RequestId: ",
    "REPORT RequestId: ",
    "INIT_START ",
];

fn kind(text: &str) -> Kind {
    if PLATFORM.iter().any(|start| text.starts_with(start)) {
        let failed = text.contains("\tStatus: ") && !text.contains("\tStatus: success");
        return Kind::Platform { failed };
    }
    let Ok(Value::Object(fields)) = serde_json::from_str(text) else {
        return Kind::Text;
    };
    let kind = fields.get("type").and_then(Value::as_str);
    if kind.is_some_and(|kind| kind.starts_with("platform.")) {
        let status = fields.get("record").and_then(|record| record.get("status"));
        let status = status.and_then(Value::as_str);
        let failed = status.is_some_and(|status| status != "success");
        return Kind::Platform { failed };
    }
    Kind::Event(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry::new(Function::Search, 1_000_000, text.to_owned())
    }

    #[test]
    fn a_line_counts_from_when_it_was_written() {
        let early = entry(r#"{"timestamp":"1970-01-01T00:00:07.500Z"}"#);
        assert_eq!((early.at_ms, early.event_ms), (7_500, 1_000_000));
        for odd in [
            r#"{"timestamp":"2999-01-01T00:00:00Z"}"#,
            r#"{"timestamp":7}"#,
            "x",
        ] {
            assert_eq!(entry(odd).at_ms, 1_000_000, "{odd}");
        }
    }

    #[test]
    fn lambdas_own_lines_are_told_from_ours() {
        let failed = |text: &str| match entry(text).kind {
            Kind::Platform { failed } => Some(failed),
            _ => None,
        };
        assert_eq!(failed("START RequestId: r-1 Version: $LATEST"), Some(false));
        assert_eq!(
            failed("REPORT RequestId: r\tDuration: 9 ms\tStatus: timeout"),
            Some(true)
        );
        let report = |status: &str| {
            let report = r#"{"type":"platform.report","record":{"requestId":"r","status":"?"}}"#;
            failed(&report.replace('?', status))
        };
        assert_eq!(report("success"), Some(false));
        assert_eq!(report("timeout"), Some(true));
        assert_eq!(failed(r#"{"level":"INFO"}"#), None);
        assert_eq!(entry("panicked").kind, Kind::Text);
    }

    #[test]
    fn errors_are_warnings_failures_and_what_clients_were_told() {
        for (line, is_error) in [
            (r#"{"level":"INFO","status":200}"#, false),
            (r#"{"level":"INFO","Code":"user_not_found"}"#, true),
            (r#"{"level":"WARN"}"#, true),
            ("panicked at …", true),
            ("END RequestId: r-1", false),
        ] {
            assert_eq!(entry(line).is_error(), is_error, "{line}");
        }
    }

    #[test]
    fn a_request_is_found_by_either_id() {
        let line = entry(r#"{"requestId":"r-1","lambdaRequestId":"l-1","message":"r-2"}"#);
        assert!(line.is_of_request("r-1") && line.is_of_request("l-1"));
        assert!(!line.is_of_request("r-2"));
        assert!(entry("START RequestId: l-1 Version: 1").is_of_request("l-1"));
    }
}
