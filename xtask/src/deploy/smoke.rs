//! A deployment that is checked afterwards, and taken back where a check fails. Where smoke itself
//! fails (no rights, no network), nothing is known of the deployment, and it stays.

use contract::Failure;
use serde::Deserialize;

use crate::interrupt;
use crate::steps::say;
use crate::target::Target;

/// What smoke printed as data, and how it ended.
type Told = (Vec<u8>, Result<(), Failure>);

/// What it found: the part of `ops smoke --json` that decides.
#[derive(Deserialize)]
struct Found {
    passed: usize,
    unchecked: usize,
    checks: Vec<Check>,
    latencies: Vec<Latency>,
}

#[derive(Deserialize)]
struct Check {
    id: String,
    name: String,
    outcome: String,
    detail: String,
}

#[derive(Deserialize)]
struct Latency {
    operation: String,
    budget: String,
}

impl Found {
    /// What speaks against the deployment, a line each.
    fn refusals(&self) -> Vec<String> {
        let over = self.latencies.iter().filter(|of| of.budget == "over");
        let slow = over.map(|of| format!("{}: slower than its budget", of.operation));
        self.with("failed").chain(slow).collect()
    }

    fn with(&self, outcome: &str) -> impl Iterator<Item = String> {
        let chosen = self
            .checks
            .iter()
            .filter(move |check| check.outcome == outcome);
        chosen.map(|check| format!("{} {}: {}", check.id, check.name, check.detail))
    }
}

/// Says what smoke found. Where a check failed, and the deployment was another than the one before,
/// returns to that, whose template, parameters and code `provision apply` has kept.
pub(super) fn judge(
    (told, ended): &Told,
    updated: bool,
    target: &Target,
    take_back: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let see = format!("see what fails: {}", target.line("cargo ops smoke"));
    let stays = |what: &str| Failure::new(what).hint(see.clone());
    let Ok(found) = serde_json::from_slice::<Found>(told) else {
        let what = "smoke could not check the deployment, which stays";
        return Err(stays(what).because(how(ended)));
    };
    let refusals = found.refusals();
    for line in refusals.iter().cloned().chain(found.with("unchecked")) {
        say!("{line}");
    }
    say!("{} checks passed", found.passed);
    if refusals.is_empty() {
        return nothing_refused(&found, ended, target, &see);
    }
    if !updated {
        return Err(stays(
            "smoke fails, and not since this deployment: the stack was not changed",
        ));
    }
    // Interrupted, not refused.
    if interrupt::requested() {
        return Err(stays("smoke was interrupted; the deployment stays"));
    }
    take_back().map_err(|error| {
        stays("smoke refuses this deployment, and it could not be taken back").because(error)
    })?;
    let what = "smoke refuses this deployment; the template and the code before it run again";
    let again = target.line("cargo xtask deploy");
    Err(Failure::new(what).hint(format!("mend what smoke named above, then: {again}")))
}

/// Where nothing speaks against the deployment: it passed, or could not be seen as a whole.
fn nothing_refused(
    found: &Found,
    ended: &Result<(), Failure>,
    target: &Target,
    see: &str,
) -> Result<(), Failure> {
    match (found.unchecked, ended) {
        (0, Ok(())) => Ok(()),
        (0, Err(_)) => {
            let what = "every check passed, and smoke did not end well; the deployment stays";
            Err(Failure::new(what).because(how(ended)).hint(see))
        }
        (number, _) => {
            let what = format!("{number} checks could not be made; the deployment stays");
            let needs = target.line("cargo provision policy --only smoke");
            Err(Failure::new(what).hint(format!(
                "mend what is named above (rights that are missing: {needs}); {see}"
            )))
        }
    }
}

fn how(ended: &Result<(), Failure>) -> String {
    match ended {
        Ok(()) => "it printed no report".to_owned(),
        Err(failure) => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use contract::failure::report;
    use contract::naming;
    use serde_json::json;

    use super::*;

    /// What `ops smoke --json` prints where its one check came to `outcome`.
    fn told(outcome: &str) -> Told {
        let check =
            json!({ "id": "REST-7", "name": "throttle", "outcome": outcome, "detail": "d" });
        let report = json!({
            "passed": 1, "unchecked": u8::from(outcome == "unchecked"), "checks": [check],
            "latencies": [{ "operation": "GET /profile", "budget": "within" }],
        });
        let ended = match outcome {
            "passed" => Ok(()),
            _ => Err(Failure::new("`ops smoke` ended with exit code 1")),
        };
        (report.to_string().into_bytes(), ended)
    }

    /// Whether a deployment was taken back, and what is said.
    fn judged(told: &Told, changed: bool, returns: bool) -> (bool, String) {
        let mut is_back = false;
        let take_back = || {
            is_back = true;
            if returns {
                Ok(())
            } else {
                Err(Failure::new("`provision rollback` ended with exit code 1"))
            }
        };
        let target = Target::local(naming::DEFAULT_STACK);
        let said = match judge(told, changed, &target, take_back) {
            Ok(()) => String::new(),
            Err(failure) => report(&failure),
        };
        (is_back, said)
    }

    #[test]
    fn a_deployment_that_smoke_refuses_is_taken_back() {
        let (taken_back, said) = judged(&told("failed"), true, true);
        assert!(taken_back);
        assert!(
            said.contains("the template and the code before it run again"),
            "{said}"
        );
        assert_eq!(judged(&told("passed"), true, true), (false, String::new()));
        let mut slow = told("passed");
        slow.0 = String::from_utf8(slow.0)
            .unwrap()
            .replace("within", "over")
            .into_bytes();
        assert!(judged(&slow, true, true).0);
    }

    #[test]
    fn a_smoke_failure_of_before_takes_nothing_back() {
        let (taken_back, said) = judged(&told("failed"), false, true);
        assert!(!taken_back);
        assert!(said.contains("not since this deployment"), "{said}");
    }

    #[test]
    fn what_could_not_be_taken_back_is_said() {
        let (_, said) = judged(&told("failed"), true, false);
        assert!(said.contains("could not be taken back"), "{said}");
    }

    #[test]
    fn where_smoke_saw_nothing_the_deployment_stays() {
        let no_report = (
            Vec::new(),
            Err(Failure::new("`ops smoke` ended with exit code 1")),
        );
        let cleaned_badly = (told("passed").0, Err(Failure::new("left behind")));
        for (told, says) in [
            (
                no_report,
                "smoke could not check the deployment, which stays",
            ),
            (
                told("unchecked"),
                "1 checks could not be made; the deployment stays",
            ),
            (
                cleaned_badly,
                "every check passed, and smoke did not end well",
            ),
        ] {
            let (taken_back, said) = judged(&told, true, true);
            assert!(!taken_back && said.contains(says), "{said}");
        }
    }
}
