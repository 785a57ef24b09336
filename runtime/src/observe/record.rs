//! What is noted of the request that is under way, and the line that ends it.
//!
//! Handlers note facts as they learn them; outside of a request (in a test of a handler) nothing
//! is noted.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use contract::metrics::{DIRECT, Dimension, REQUEST, UNKNOWN, field, namespace};
use contract::{ErrorCode, Function, Metric};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Origin, emf, supporter};
use crate::domain::UserId;

tokio::task_local! {
    static CURRENT: RefCell<Record>;
}

/// The facts of one request.
#[derive(Clone, Debug)]
struct Record {
    function: Function,
    origin: Origin,
    lambda_request_id: String,
    cold_start: bool,
    status: Option<u16>,
    code: Option<ErrorCode>,
    user: Option<String>,
    metrics: BTreeMap<Metric, i64>,
    /// What the line that ends it says besides, while that is written.
    ending: Option<Map<String, Value>>,
}

/// Runs `work`, which answers one request, and ends it with its line.
pub async fn during<W: Future>(
    function: Function,
    origin: Origin,
    lambda_request_id: String,
    work: W,
) -> W::Output {
    static WARM: AtomicBool = AtomicBool::new(false);
    let record = Record {
        function,
        origin,
        lambda_request_id,
        cold_start: !WARM.swap(true, Ordering::Relaxed),
        status: None,
        code: None,
        user: None,
        metrics: BTreeMap::new(),
        ending: None,
    };
    let started = Instant::now();
    let observed = async {
        let output = work.await;
        end(started);
        output
    };
    CURRENT.scope(RefCell::new(record), observed).await
}

/// Notes whom the request is about.
pub fn of_user(user: &UserId) {
    note(|record| record.user = supporter::hashed(user.as_str()));
}

/// Notes the HTTP status of the answer. One that says that we failed is an error of ours, also
/// where nobody hears a code (a handshake).
pub fn status(status: u16) {
    note(|record| {
        record.status = Some(status);
        if status == ErrorCode::Internal.status() {
            record.code.get_or_insert(ErrorCode::Internal);
        }
    });
}

/// Notes what the client is told went wrong.
pub fn told(code: ErrorCode) {
    note(|record| record.code = Some(code));
}

/// Notes a metric's value; several values of one request are added.
pub fn measure(metric: Metric, value: i64) {
    note(|record| *record.metrics.entry(metric).or_default() += value);
}

fn note(fact: impl FnOnce(&mut Record)) {
    // Not within a request: nobody reads it.
    let _ = CURRENT.try_with(|record| {
        if let Ok(mut record) = record.try_borrow_mut() {
            fact(&mut record);
        }
    });
}

/// The fields that name the request in every line written during it, and in the last one what is
/// known of it.
pub(super) fn facts(fields: &mut Map<String, Value>) {
    note(|record| {
        let mut put = |name: &str, value: &str| fields.insert(name.into(), value.into());
        put(field::FUNCTION, record.function.name());
        put(field::REQUEST_ID, &record.origin.request_id);
        put(field::LAMBDA_REQUEST_ID, &record.lambda_request_id);
        fields.extend(record.ending.take().into_iter().flatten());
    });
}

fn end(started: Instant) {
    let latency = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    let mut failed = false;
    note(|record| {
        failed = record.code.map(ErrorCode::status) >= Some(ErrorCode::Internal.status());
        record.ending = Some(record.clone().line(latency, Timestamp::now()));
    });
    if failed {
        tracing::error!("{REQUEST}");
    } else {
        tracing::info!("{REQUEST}");
    }
}

impl Record {
    /// Facts and metrics, with what makes metrics of them.
    fn line(mut self, latency_ms: i64, now: Timestamp) -> Map<String, Value> {
        let mut line = Map::new();
        let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
        put(Dimension::Route.name(), self.origin.route.into());
        put(field::STATUS, self.status.into());
        put(field::COLD_START, self.cold_start.into());
        put(field::USER, self.user.clone().into());
        if self.origin.route != UNKNOWN {
            self.metrics.insert(Metric::Latency, latency_ms);
        }
        if let Some(code) = self.code {
            put(Dimension::Code.name(), code.code().into());
            // What went wrong in a direct call is counted by the caller, who tells the client.
            if self.origin.route != DIRECT {
                self.metrics.insert(Metric::Errors, 1);
            }
        }
        for (metric, value) in &self.metrics {
            put(metric.name(), json!(value));
        }
        let metrics = self.metrics.keys().copied();
        let namespace = platform(self.function);
        put(
            field::AWS,
            emf::metadata(&namespace, now.as_millisecond(), metrics),
        );
        line
    }
}

/// The namespace: what is before the function's own name in the name that Lambda tells it.
fn platform(function: Function) -> String {
    let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let prefix = name
        .strip_suffix(function.name())
        .and_then(|prefix| prefix.strip_suffix('-'));
    namespace(prefix.unwrap_or(&name)).to_owned()
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
