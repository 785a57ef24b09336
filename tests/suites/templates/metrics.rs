//! Alarms and dashboard name metrics of ours as the functions emit them: name, dimension, and a
//! value that there is.

use std::collections::BTreeSet;

use contract::Metric;
use contract::metrics::{CODES, Dimension, namespace, routes};
use platform_tests::template::{Named, Template, named_metrics};

#[test]
fn alarms_and_dashboard_name_metrics_that_there_are() {
    let template = Template::read("platform.yaml").unwrap();
    let ours = named_metrics(&template).unwrap();
    for Named {
        place,
        metric,
        dimensions,
    } in &ours
    {
        let known = Metric::ALL.into_iter().find(|it| it.name() == metric);
        let known = known.unwrap_or_else(|| panic!("{place}: there is no metric {metric}"));
        let values: Vec<&str> = match known.dimension() {
            None => vec![],
            Some(Dimension::Route) => routes().collect(),
            Some(Dimension::Code) => CODES.iter().map(|code| code.code()).collect(),
        };
        let fits = match (known.dimension(), &dimensions[..]) {
            (None, []) => true,
            (Some(of), [(name, value)]) => of.name() == name && values.contains(&value.as_str()),
            _ => false,
        };
        assert!(fits, "{place}: {metric} {dimensions:?}");
    }
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let template = Template::read("platform.yaml").unwrap();
    let ours = named_metrics(&template).unwrap();
    let shown: BTreeSet<&str> = ours
        .iter()
        .filter(|named| named.place.starts_with("Dashboard"))
        .map(|named| named.metric.as_str())
        .collect();
    let all = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(shown, all);
}

/// The dashboard shows where something stands for each requirement of observability.
#[test]
fn the_dashboard_covers_apis_functions_tables_and_the_model() {
    let template = Template::read("platform.yaml").unwrap();
    let dashboard = template.of_type("AWS::CloudWatch::Dashboard").next();
    let body = dashboard.unwrap().property("DashboardBody").cloned();
    let body = platform_tests::template::readable(&body.unwrap());
    let of: BTreeSet<String> = platform_tests::template::namespaces(&body).unwrap();
    let expected = ["AWS/ApiGateway", "AWS/DynamoDB", "AWS/Lambda", "${Prefix}"];
    assert_eq!(of, expected.map(str::to_owned).into());
    assert_eq!(namespace("Blue"), "Blue");
}
