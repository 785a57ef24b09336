//! A line of a log as a person reads it, or as a script does.

use contract::Metric;
use contract::metrics::{Dimension, REQUEST, Unit, field};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::entry::{Entry, Kind};

/// Fields that a person reads elsewhere in the line, or has no use for.
const NOT_REPEATED: [&str; 12] = [
    field::TIMESTAMP,
    field::LEVEL,
    field::MESSAGE,
    field::FUNCTION,
    field::REQUEST_ID,
    field::LAMBDA_REQUEST_ID,
    field::STATUS,
    field::COLD_START,
    field::USER,
    field::CAUSE,
    field::AWS,
    "Route",
];

/// Width of the longest function's name.
const NAME_WIDTH: usize = 21;

/// How lines are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For a person; with colours, where the terminal has them.
    Words {
        /// Colours.
        coloured: bool,
    },
    /// An object of JSON a line.
    Json,
}

/// A line for scripts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    time: String,
    function: &'static str,
    level: Option<&'a str>,
    request_id: Option<&'a str>,
    /// The function's own fields; else `null`.
    fields: Option<&'a serde_json::Map<String, Value>>,
    /// A line that is no JSON object; else `null`.
    text: Option<&'a str>,
}

impl Style {
    /// One line, without its end.
    pub fn line(self, entry: &Entry) -> String {
        match self {
            Self::Json => json(entry),
            Self::Words { coloured } => words(entry, coloured),
        }
    }
}

fn json(entry: &Entry) -> String {
    let fields = match &entry.kind {
        Kind::Event(fields) => Some(fields),
        _ => None,
    };
    let line = Line {
        time: time(entry),
        function: entry.function.name(),
        level: entry.text_field(field::LEVEL),
        request_id: entry.text_field(field::REQUEST_ID),
        text: fields.is_none().then_some(entry.text.as_str()),
        fields,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

fn time(entry: &Entry) -> String {
    let at = Timestamp::from_millisecond(entry.at_ms).unwrap_or_default();
    format!("{at:.3}")
}

fn words(entry: &Entry, coloured: bool) -> String {
    let at = Timestamp::from_millisecond(entry.at_ms).unwrap_or_default();
    let time = at.strftime("%m-%d %H:%M:%S%.3f");
    let what = match &entry.kind {
        Kind::Event(_) => event(entry),
        Kind::Platform { .. } | Kind::Text => entry.text.clone(),
    };
    let name = entry.function.name();
    // What a text holds must not drive the terminal.
    let plain: String = what
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = format!("{time} {name:<NAME_WIDTH$} {plain}");
    match colour(entry) {
        Some(colour) if coloured => format!("\u{1b}[{colour}m{line}\u{1b}[0m"),
        _ => line,
    }
}

/// Red for failures, yellow for warnings and what clients did wrong, dim for Lambda's own lines.
fn colour(entry: &Entry) -> Option<u8> {
    match (&entry.kind, entry.text_field(field::LEVEL)) {
        (Kind::Platform { failed: false }, _) => Some(2),
        (_, Some("ERROR")) | (Kind::Platform { .. } | Kind::Text, _) => Some(31),
        _ if entry.is_error() => Some(33),
        _ => None,
    }
}

fn event(entry: &Entry) -> String {
    let mut parts = if entry.text_field(field::MESSAGE) == Some(REQUEST) {
        request(entry)
    } else {
        said(entry)
    };
    for (name, label) in [(field::USER, "user"), (field::REQUEST_ID, "request")] {
        if let Some(id) = entry.text_field(name) {
            parts.push(format!("{label} {id}"));
        }
    }
    parts.join("  ")
}

/// `200 POST /agent  33 ms  model 21 ms  464 tokens in …`
fn request(entry: &Entry) -> Vec<String> {
    let status = entry
        .field(field::STATUS)
        .map_or("-".to_owned(), Value::to_string);
    let route = entry.text_field(Dimension::Route.name()).unwrap_or("?");
    let mut parts = vec![format!("{status:>3} {route}")];
    parts.extend(entry.code().map(|code| code.code().to_owned()));
    parts.extend(
        Metric::ALL
            .into_iter()
            .filter_map(|metric| measured(entry, metric)),
    );
    if entry.field(field::COLD_START) == Some(&Value::Bool(true)) {
        parts.push("cold start".to_owned());
    }
    parts
}

fn measured(entry: &Entry, metric: Metric) -> Option<String> {
    let value = entry.field(metric.name())?;
    let what = match metric {
        Metric::Latency => return Some(format!("{value} ms")),
        Metric::Errors => return None,
        Metric::ModelLatency => "model",
        Metric::InputTokens => "tokens in",
        Metric::OutputTokens => "tokens out",
        Metric::TimeToFirstToken => "first words after",
        Metric::SearchHits => "hits",
        Metric::OpenSessions => "session",
        Metric::ContextConflicts if value == 0 => return None,
        Metric::ContextConflicts => "context conflicts",
    };
    Some(match (metric, metric.unit()) {
        (Metric::OpenSessions, _) => {
            let opened = value.as_i64().is_some_and(|by| by > 0);
            format!("session {}", if opened { "opened" } else { "closed" })
        }
        (_, Unit::Milliseconds) => format!("{what} {value} ms"),
        (_, Unit::Count) => format!("{value} {what}"),
    })
}

/// `ERROR failed: cannot read Users: …`, and whatever other fields there are.
fn said(entry: &Entry) -> Vec<String> {
    let level = entry.text_field(field::LEVEL).unwrap_or("-");
    let message = entry.text_field(field::MESSAGE).unwrap_or_default();
    let cause = entry.text_field(field::CAUSE);
    let cause = cause.map_or(String::new(), |cause| format!(": {cause}"));
    let mut parts = vec![format!("{level} {message}{cause}")];
    if let Kind::Event(fields) = &entry.kind {
        let more = fields
            .iter()
            .filter(|(name, value)| !NOT_REPEATED.contains(&name.as_str()) && !value.is_null());
        parts.extend(more.map(|(name, value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        }));
    }
    parts
}

#[cfg(test)]
mod tests {
    use contract::Function;
    use serde_json::json;

    use super::*;

    const WORDS: Style = Style::Words { coloured: false };

    fn entry(text: &str) -> Entry {
        Entry::new(
            Function::PersonalizationAgent,
            1_800_000_000_000,
            text.to_owned(),
        )
    }

    fn turn() -> Entry {
        let fields = json!({
            "timestamp": "2027-01-15T07:59:59.250Z", "level": "INFO", "message": "request",
            "function": "personalization-agent", "requestId": "r-1", "lambdaRequestId": "l-1",
            "Route": "POST /agent", "status": 200, "coldStart": true, "user": "8c77453242ecd43a",
            "Latency": 33, "ModelLatency": 21, "InputTokens": 464, "OutputTokens": 20,
            "ContextConflicts": 0, "_aws": {},
        });
        entry(&fields.to_string())
    }

    #[test]
    fn a_request_reads_as_one_line() {
        insta::assert_snapshot!(WORDS.line(&turn()), @"01-15 07:59:59.250 personalization-agent 200 POST /agent  33 ms  model 21 ms  464 tokens in  20 tokens out  cold start  user 8c77453242ecd43a  request r-1");
    }

    #[test]
    fn an_error_reads_with_its_cause_and_cannot_drive_the_terminal() {
        let fields = json!({
            "level": "ERROR", "message": "failed", "cause": "cannot read Users: \u{1b}[2J", "requestId": "r-1",
            "lambdaRequestId": "l-1", "attempt": 2,
        });
        insta::assert_snapshot!(WORDS.line(&entry(&fields.to_string())), @"01-15 08:00:00.000 personalization-agent ERROR failed: cannot read Users:  [2J  attempt 2  request r-1");
    }

    #[test]
    fn colours_are_for_terminals() {
        let coloured = Style::Words { coloured: true };
        assert!(coloured.line(&entry("killed")).starts_with("\u{1b}[31m"));
        assert!(!coloured.line(&turn()).contains('\u{1b}'));
        assert!(!WORDS.line(&entry("killed")).contains('\u{1b}'));
    }

    #[test]
    fn scripts_get_the_same_keys_whatever_the_line() {
        let keys = |entry: &Entry| -> Vec<String> {
            let line: Value = serde_json::from_str(&Style::Json.line(entry)).unwrap();
            line.as_object().unwrap().keys().cloned().collect()
        };
        let expected = ["time", "function", "level", "requestId", "fields", "text"];
        assert_eq!(keys(&turn()), expected);
        assert_eq!(keys(&entry("killed")), expected);
    }
}
