use serde_json::json;

use super::*;

fn record(route: &'static str) -> Record {
    Record {
        function: Function::PersonalizationAgent,
        origin: Origin {
            request_id: "r-1".to_owned(),
            route,
        },
        lambda_request_id: "l-1".to_owned(),
        cold_start: true,
        status: Some(200),
        code: None,
        user: None,
        metrics: BTreeMap::from([(Metric::InputTokens, 5)]),
        ending: None,
    }
}

fn line(record: Record) -> Map<String, Value> {
    record.line(7, Timestamp::UNIX_EPOCH)
}

fn names(line: &Map<String, Value>) -> Vec<&str> {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    directives
        .iter()
        .flat_map(|directive| directive["Metrics"].as_array().unwrap())
        .map(|metric| metric["Name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_request_ends_with_its_facts_and_metrics() {
    let mut line = line(record("POST /agent"));
    assert_eq!(names(&line), ["InputTokens", "Latency"]);
    line.remove("_aws");
    assert_eq!(
        Value::Object(line),
        json!({
            "Route": "POST /agent", "status": 200, "coldStart": true, "user": null,
            "Latency": 7, "InputTokens": 5,
        })
    );
}

/// A metric is a field of the line, and so is its dimension.
#[test]
fn every_metric_and_dimension_is_a_field() {
    for code in [None, Some(ErrorCode::ModelThrottled)] {
        let mut record = record("$default");
        record.metrics = Metric::ALL
            .into_iter()
            .filter(|metric| metric.dimension().is_none())
            .map(|metric| (metric, 1))
            .collect();
        record.code = code;
        let line = line(record);
        let expected = Metric::ALL.len() - usize::from(code.is_none());
        assert_eq!(names(&line).len(), expected);
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            for dimension in directive["Dimensions"][0].as_array().unwrap() {
                assert!(line[dimension.as_str().unwrap()].is_string());
            }
        }
        assert!(names(&line).iter().all(|name| line[*name].is_i64()));
    }
}

#[test]
fn what_goes_wrong_in_a_direct_call_is_counted_where_the_client_is_told() {
    let mut record = record(DIRECT);
    record.code = Some(ErrorCode::ModelTimeout);
    let line = line(record);
    assert_eq!(line["Code"], "model_timeout");
    assert_eq!(names(&line), ["InputTokens", "Latency"]);
}

#[test]
fn an_event_of_nobodys_makes_no_metric() {
    let mut record = record(UNKNOWN);
    record.metrics.clear();
    assert!(names(&line(record)).is_empty());
}

#[tokio::test]
async fn facts_are_noted_within_a_request_only() {
    measure(Metric::SearchHits, 1);
    let origin = record("POST /search").origin;
    let seen = during(Function::Search, origin, "l-1".to_owned(), async {
        measure(Metric::SearchHits, 1);
        measure(Metric::SearchHits, 2);
        told(ErrorCode::Internal);
        CURRENT.with(|record| record.borrow().clone())
    })
    .await;
    assert_eq!(seen.metrics, BTreeMap::from([(Metric::SearchHits, 3)]));
    assert_eq!(seen.code, Some(ErrorCode::Internal));
}
