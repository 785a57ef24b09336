//! Events as lines of JSON on standard output, which Lambda sends to the function's log group as
//! they are (a line that is JSON already is not wrapped again).

use std::env;
use std::fmt::Debug;
use std::io::{self, Write};

use contract::metrics::field;
use jiff::Timestamp;
use lambda_runtime::tracing::field::{Field, Visit};
use lambda_runtime::tracing::subscriber::filter::{LevelFilter, filter_fn};
use lambda_runtime::tracing::subscriber::layer::{Context, SubscriberExt};
use lambda_runtime::tracing::subscriber::util::SubscriberInitExt;
use lambda_runtime::tracing::subscriber::{Layer, registry};
use lambda_runtime::tracing::{Event, Level, Metadata, Subscriber};
use serde_json::{Map, Value};

use super::record;

/// Lambda's setting of the least level that is logged.
const LEVEL_ENV: &str = "AWS_LAMBDA_LOG_LEVEL";

/// Sends every event to standard output. Of libraries only warnings: what they say in more detail
/// may hold a person's data.
pub fn to_stdout() {
    let level = env::var(LEVEL_ENV)
        .ok()
        .and_then(|level| level.parse().ok());
    let lines = Lines
        .with_filter(level.unwrap_or(LevelFilter::INFO))
        .with_filter(filter_fn(is_ours_or_a_warning));
    registry().with(lines).init();
}

fn is_ours_or_a_warning(of: &Metadata<'_>) -> bool {
    *of.level() <= Level::WARN || (is_ours(of.target()) && *of.level() <= Level::INFO)
}

fn is_ours(target: &str) -> bool {
    target == "runtime" || target.starts_with("runtime::")
}

struct Lines;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = line(event, Timestamp::now()).to_string();
        line.push('\n');
        // A log that cannot be written is no reason to fail a request.
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }
}

fn line(event: &Event<'_>, now: Timestamp) -> Value {
    let mut fields = Map::new();
    let of = event.metadata();
    fields.insert(field::TIMESTAMP.into(), format!("{now:.3}").into());
    fields.insert(field::LEVEL.into(), of.level().as_str().into());
    // First, to be read first; the event has it.
    fields.insert(field::MESSAGE.into(), Value::Null);
    record::facts(&mut fields);
    if !is_ours(of.target()) {
        fields.insert(field::TARGET.into(), of.target().into());
    }
    event.record(&mut Fields(&mut fields));
    Value::Object(fields)
}

struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}
