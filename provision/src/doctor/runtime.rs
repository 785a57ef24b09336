//! How long the functions' runtime is supported.

use contract::functions::LAMBDA_RUNTIME;
use jiff::civil::{Date, date};

use super::finding::Finding;

/// When Lambda deprecates a runtime; functions go on, without security updates, and cannot be
/// made anew some months later. Source: "Lambda runtimes", AWS Lambda developer guide, as of
/// November 2026.
const DEPRECATIONS: [(&str, Date); 1] = [("provided.al2023", date(2029, 6, 30))];

/// Days before the end that a deployment warns.
const NOTICE_DAYS: i32 = 365;

/// Whether the runtime is supported on `today`, and for how long.
pub(super) fn runtime(today: Date) -> Finding {
    of(LAMBDA_RUNTIME, today)
}

fn of(runtime: &str, today: Date) -> Finding {
    let look = "runtime";
    let known = DEPRECATIONS.iter().find(|(name, _)| *name == runtime);
    let Some(&(_, end)) = known else {
        return Finding::warning(look, format!("when {runtime} ends is not known here"))
            .because("Lambda gives each runtime an end, and this toolkit is older than that one")
            .next("git pull, for a toolkit that knows it; or see \"Lambda runtimes\" in the AWS Lambda developer guide");
    };
    let found = format!("{runtime} is supported until {end}");
    let next = "deploy a version of this toolkit that is built for a newer runtime";
    match (end - today).get_days() {
        ..0 => Finding::error(look, format!("{runtime} was supported until {end}"))
            .because("Lambda refuses to make functions on it")
            .next(next),
        0..NOTICE_DAYS => Finding::warning(look, found)
            .because("after that it gets no security updates")
            .next(next),
        _ => Finding::ok(look, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn the_runtime_of_the_contract_has_a_known_end() {
        assert_eq!(runtime(date(2026, 11, 23)).severity, Severity::Ok);
        assert_eq!(runtime(date(2029, 1, 1)).severity, Severity::Warning);
        assert_eq!(runtime(date(2029, 6, 30)).severity, Severity::Warning);
        assert_eq!(runtime(date(2029, 7, 1)).severity, Severity::Error);
        assert_eq!(
            of("provided.al2040", date(2026, 1, 1)).severity,
            Severity::Warning
        );
    }
}
