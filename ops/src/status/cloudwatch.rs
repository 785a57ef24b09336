//! Figures from CloudWatch.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric as CloudWatchMetric, MetricDataQuery, MetricStat,
};
use contract::Failure;
use deploy_target::{OrExplain, Target};
use jiff::Timestamp;

use super::figures::{Figures, Query};

/// Queries that one call takes (`GetMetricData`).
const QUERIES_MAX: usize = 500;

/// One value for the whole day.
const DAY_SECONDS: i32 = 86_400;

/// The figures from `since`, a midnight (UTC), to `now`.
///
/// # Errors
/// Where CloudWatch does not answer.
pub async fn figures(
    client: &Client,
    target: &Target,
    queries: &[Query],
    since: Timestamp,
    now: Timestamp,
) -> Result<Figures, Failure> {
    let mut figures = Figures::new();
    for batch in queries.chunks(QUERIES_MAX) {
        let asked = batch
            .iter()
            .enumerate()
            .map(|(number, it)| query(number, it));
        let mut pages = client
            .get_metric_data()
            .set_metric_data_queries(Some(asked.collect()))
            .start_time(DateTime::from_secs(since.as_second()))
            .end_time(DateTime::from_secs(now.as_second() + 1))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.or_explain(target, "cannot read metrics")?;
            for result in page.metric_data_results() {
                let number = result.id().and_then(number).and_then(|it| batch.get(it));
                if let (Some(query), Some(value)) = (number, result.values().first()) {
                    figures.insert(query.clone(), *value);
                }
            }
        }
    }
    Ok(figures)
}

fn query(number: usize, query: &Query) -> MetricDataQuery {
    let dimensions = query
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(value).build());
    let metric = CloudWatchMetric::builder()
        .namespace(&query.namespace)
        .metric_name(query.metric)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let statistic = MetricStat::builder()
        .metric(metric)
        .period(DAY_SECONDS)
        .stat(query.statistic.as_str())
        .build();
    MetricDataQuery::builder()
        .id(format!("q{number}"))
        .metric_stat(statistic)
        .build()
}

/// The number of the query that an id (`q7`) names.
fn number(id: &str) -> Option<usize> {
    id.strip_prefix('q')?.parse().ok()
}
