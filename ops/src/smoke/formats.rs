//! A report as other programs take it: `JUnit` for pipelines, Markdown for a page or a pull request.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::report::{Line, Report};

/// Writes the report as `JUnit` XML: a suite for all, a case a check.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_junit(report: &Report, path: &Path) -> anyhow::Result<()> {
    let what = || format!("cannot write {}", path.display());
    let text = junit(report).to_string().with_context(what)?;
    std::fs::write(path, text).with_context(what)
}

fn junit(report: &Report) -> Junit {
    let mut junit = Junit::new(&*report.stack);
    let mut suite = TestSuite::new("smoke");
    suite.add_test_cases(report.checks.iter().map(case));
    suite.add_test_cases(report.latencies.iter().map(|measured| {
        let status = if measured.budget == "over" {
            let words = format!("p50 {} ms, p95 {} ms", measured.p50_ms, measured.p95_ms);
            TestCaseStatus::non_success(NonSuccessKind::Failure)
                .set_message(words)
                .to_owned()
        } else {
            TestCaseStatus::success()
        };
        let mut case = TestCase::new(&*measured.operation, status);
        case.set_classname("latency");
        case
    }));
    junit.add_test_suite(suite);
    junit
}

fn case(line: &Line) -> TestCase {
    let status = match line.outcome {
        "failed" => TestCaseStatus::non_success(NonSuccessKind::Failure)
            .set_message(&*line.detail)
            .to_owned(),
        "unchecked" => TestCaseStatus::non_success(NonSuccessKind::Error)
            .set_message(&*line.detail)
            .to_owned(),
        "skipped" => TestCaseStatus::skipped()
            .set_message(&*line.detail)
            .to_owned(),
        _ => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(line.name, status);
    case.set_classname(line.id)
        .set_time(Duration::from_millis(line.millis));
    if line.outcome == "passed" {
        case.set_system_out(&*line.detail);
    }
    case
}

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let mut lines = vec![
        format!("## Smoke of {} ({})", report.stack, report.target),
        String::new(),
        report.totals(),
        String::new(),
        "| id | check | result | read back | ms |".to_owned(),
        "|---|---|---|---|---:|".to_owned(),
    ];
    lines.extend(report.checks.iter().map(|line| {
        let outcome = match line.outcome {
            "failed" => "**failed**",
            "unchecked" => "**could not be checked**",
            other => other,
        };
        let (name, detail) = (cell(line.name), cell(&line.detail));
        format!(
            "| {} | {name} | {outcome} | {detail} | {} |",
            line.id, line.millis
        )
    }));
    if !report.latencies.is_empty() {
        lines.push(String::new());
        lines.push("| operation | samples | p50 ms | p95 ms | p99 ms | budget |".to_owned());
        lines.push("|---|---:|---:|---:|---:|---|".to_owned());
        lines.extend(report.latencies.iter().map(|of| {
            format!(
                "| {} | {} | {} | {} | {} | {} |",
                of.operation, of.samples, of.p50_ms, of.p95_ms, of.p99_ms, of.budget
            )
        }));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smoke::report::tests::report;

    #[test]
    fn a_pipeline_reads_failures_and_reasons() {
        insta::assert_snapshot!(junit(&report()).to_string().unwrap());
    }

    #[test]
    fn a_page_shows_the_same() {
        insta::assert_snapshot!(markdown(&report()));
    }
}
