//! The same figures counted from the functions' log lines, where nothing makes metrics of them
//! (the local engine). What a gateway refuses by itself is in no function's log.

use std::collections::BTreeMap;

use contract::metrics::{Dimension, REQUEST, field, rest_route};
use contract::{Function, Metric, rest, websocket};
use serde_json::Value;

use super::figures::{Figures, LAMBDA, Names, Query, Statistic};
use crate::logs::Entry;

/// Values of a metric that are kept for its percentile; of more, the first.
const VALUES_MAX: usize = 100_000;

/// Values by metric and dimensions, as they come.
#[derive(Debug, Default)]
pub struct Tally {
    values: BTreeMap<Key, Values>,
}

/// Metric, and its dimension's value.
type Key = (&'static str, String);

#[derive(Clone, Debug, Default)]
struct Values {
    count: u64,
    sum: f64,
    all: Vec<f64>,
}

impl Tally {
    /// Counts a line.
    pub fn take(&mut self, entry: &Entry) {
        if entry.text.starts_with(STARTED) {
            self.add(STARTED, entry.function.name(), 1.0);
        }
        if entry.text_field(field::MESSAGE) != Some(REQUEST) {
            return;
        }
        for metric in emitted(entry) {
            let value = entry.field(metric.name()).and_then(Value::as_f64);
            let of = metric.dimension().map(Dimension::name);
            let of = of
                .and_then(|name| entry.text_field(name))
                .unwrap_or_default();
            if let Some(value) = value {
                self.add(metric.name(), of, value);
            }
        }
        self.count_for_lambda(entry);
        self.count_for_the_gateway(entry);
    }

    /// What the function's own metrics would say of the request.
    fn count_for_lambda(&mut self, entry: &Entry) {
        let latency = entry.field(Metric::Latency.name()).and_then(Value::as_f64);
        let function = entry.function.name();
        self.add("Invocations", function, 1.0);
        self.add("Duration", function, latency.unwrap_or_default());
    }

    fn add(&mut self, metric: &'static str, of: &str, value: f64) {
        let values = self.values.entry((metric, of.to_owned())).or_default();
        values.count += 1;
        values.sum += value;
        if values.all.len() < VALUES_MAX {
            values.all.push(value);
        }
    }

    /// What the API's own metrics would say of the request.
    fn count_for_the_gateway(&mut self, entry: &Entry) {
        let route = entry
            .text_field(Dimension::Route.name())
            .unwrap_or_default();
        let status = entry
            .field(field::STATUS)
            .and_then(Value::as_u64)
            .unwrap_or(200);
        let latency = entry.field(Metric::Latency.name()).and_then(Value::as_f64);
        let mut add = |api, metric: &'static str, value| self.add(metric, api, value);
        if rest::ROUTES.iter().any(|known| rest_route(known) == route) {
            add(REST, "Count", 1.0);
            add(
                REST,
                "4XXError",
                f64::from(u8::from((400..500).contains(&status))),
            );
            add(REST, "5XXError", f64::from(u8::from(status >= 500)));
            add(REST, "Latency", latency.unwrap_or_default());
        }
        if let Some(known) = websocket::ROUTES.iter().find(|known| known.key == route) {
            let failed = f64::from(u8::from(status >= 500));
            add(WEB_SOCKET, "IntegrationError", failed);
            add(
                WEB_SOCKET,
                "IntegrationLatency",
                latency.unwrap_or_default(),
            );
            match known.function {
                Function::WsConnect => add(WEB_SOCKET, "ConnectCount", 1.0),
                Function::WsMessage => add(WEB_SOCKET, "MessageCount", 1.0),
                _ => {}
            }
        }
    }

    /// The answers to those of `queries` that lines can answer.
    pub fn figures(&self, names: &Names, queries: &[Query]) -> Figures {
        let answer = |query: &Query| Some((query.clone(), self.answer(names, query)?));
        queries.iter().filter_map(answer).collect()
    }

    fn answer(&self, names: &Names, query: &Query) -> Option<f64> {
        let of = match &query.dimensions[..] {
            [] => "",
            [("ApiName", _), ..] => REST,
            [("ApiId", _), ..] => WEB_SOCKET,
            [("FunctionName", name)] => function_of(names, name)?,
            [(_, value)] if query.namespace == names.prefix => value,
            _ => return None,
        };
        if query.namespace == LAMBDA && query.metric == "Errors" {
            return self.unanswered(of);
        }
        let values = self.values_of(query.metric, of)?;
        Some(match query.statistic {
            Statistic::Sum => values.sum,
            Statistic::Count => values.count(),
            Statistic::P95 => p95(&values.all),
        })
    }

    fn values_of(&self, metric: &'static str, of: &str) -> Option<&Values> {
        self.values.get(&(metric, of.to_owned()))
    }

    /// Invocations that began and ended without an answer.
    fn unanswered(&self, function: &str) -> Option<f64> {
        let began = self.values_of(STARTED, function)?.count();
        let answered = self
            .values_of("Invocations", function)
            .map_or(0.0, Values::count);
        Some((began - answered).max(0.0))
    }
}

impl Values {
    #[expect(clippy::cast_precision_loss, reason = "lines of a day")]
    fn count(&self) -> f64 {
        self.count as f64
    }
}

/// A function's name without the platform's prefix.
fn function_of<'a>(names: &Names, physical: &'a str) -> Option<&'a str> {
    physical.strip_prefix(&names.prefix)?.strip_prefix('-')
}

/// How the local engine's line begins that an invocation starts with.
const STARTED: &str = "START RequestId: ";

/// Stand for the APIs among dimension values; no route or code has such a name.
const REST: &str = "API rest";
const WEB_SOCKET: &str = "API websocket";

/// The metrics that a line declares, as CloudWatch would read it.
fn emitted(entry: &Entry) -> Vec<Metric> {
    let directives = entry
        .field(field::AWS)
        .and_then(|aws| aws["CloudWatchMetrics"].as_array());
    let declared = directives
        .into_iter()
        .flatten()
        .flat_map(|directive| directive["Metrics"].as_array().into_iter().flatten())
        .filter_map(|metric| metric["Name"].as_str());
    let known = |name| Metric::ALL.into_iter().find(|metric| metric.name() == name);
    declared.filter_map(known).collect()
}

/// The smallest value that 95 of 100 do not exceed.
fn p95(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * 95).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names() -> Names {
        Names {
            prefix: "Blue".into(),
            websocket_api: "ws1".into(),
        }
    }

    fn line(route: &str, status: u16, metrics: &[(Metric, i64)]) -> Entry {
        let mut fields = json!({"message": "request", "Route": route, "status": status});
        let declared: Vec<_> = metrics
            .iter()
            .map(|(it, _)| json!({"Name": it.name()}))
            .collect();
        fields["_aws"] = json!({"CloudWatchMetrics": [{"Metrics": declared}]});
        for (metric, value) in metrics {
            fields[metric.name()] = json!(value);
        }
        if status == 404 {
            fields["Code"] = json!("user_not_found");
        }
        Entry::new(Function::GetProfile, 0, fields.to_string())
    }

    #[test]
    fn lines_answer_what_cloudwatch_would() {
        let mut tally = Tally::default();
        for latency in 1..=100 {
            tally.take(&line(
                "POST /agent",
                200,
                &[(Metric::Latency, latency), (Metric::InputTokens, 5)],
            ));
        }
        tally.take(&line(
            "GET /profile",
            404,
            &[(Metric::Latency, 1), (Metric::Errors, 1)],
        ));
        tally.take(&line("$default", 200, &[(Metric::Latency, 9)]));
        let names = names();
        let answer = |query: Query| tally.answer(&names, &query);
        assert_eq!(
            answer(names.ours(Metric::Latency, "POST /agent", Statistic::P95)),
            Some(95.0)
        );
        assert_eq!(
            answer(names.ours(Metric::InputTokens, "", Statistic::Sum)),
            Some(500.0)
        );
        assert_eq!(
            answer(names.ours(Metric::InputTokens, "", Statistic::Count)),
            Some(100.0)
        );
        let asked = names.function(Function::GetProfile, "Invocations", Statistic::Sum);
        assert_eq!(answer(asked), Some(102.0));
        let code = names.ours(Metric::Errors, "user_not_found", Statistic::Sum);
        assert_eq!(answer(code), Some(1.0));
        assert_eq!(answer(names.rest("Count", Statistic::Sum)), Some(101.0));
        assert_eq!(answer(names.rest("4XXError", Statistic::Sum)), Some(1.0));
        assert_eq!(
            answer(names.websocket("MessageCount", Statistic::Sum)),
            Some(1.0)
        );
        assert_eq!(
            answer(names.table(contract::Table::Users, "ReadThrottleEvents")),
            None
        );
    }

    #[test]
    fn an_invocation_that_ends_without_an_answer_is_a_fault() {
        let mut tally = Tally::default();
        let faults = names().function(Function::GetProfile, "Errors", Statistic::Sum);
        assert_eq!(tally.answer(&names(), &faults), None);
        for expected in [1.0, 2.0] {
            let start = "START RequestId: l-1 Version: $LATEST".to_owned();
            tally.take(&Entry::new(Function::GetProfile, 0, start));
            assert_eq!(tally.answer(&names(), &faults), Some(expected));
        }
        tally.take(&line("GET /profile", 200, &[(Metric::Latency, 1)]));
        assert_eq!(tally.answer(&names(), &faults), Some(1.0));
    }

    #[test]
    fn what_a_line_does_not_declare_is_no_metric() {
        let mut tally = Tally::default();
        let fields = json!({"message": "request", "Route": "direct", "Code": "internal", "Errors": 1, "_aws": {}});
        tally.take(&Entry::new(
            Function::PersonalizationAgent,
            0,
            fields.to_string(),
        ));
        let ours = |(metric, _): &&(&str, String)| *metric == "Errors";
        assert_eq!(tally.values.keys().filter(ours).count(), 0);
    }
}
