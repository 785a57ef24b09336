//! A deployment that is checked afterwards, and taken back where smoke refuses it.

use contract::Failure;

use crate::interrupt;
use crate::siblings::{OPS, PROVISION};
use crate::target::Target;

/// Checks the deployment; where that fails, and it has changed something, returns to the one
/// before, whose template, parameters and code `provision apply` has kept.
pub(super) fn smoked(
    changed: bool,
    target: &Target,
    run: impl Fn(&str, &[&str]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Err(refused) = run(OPS, &["smoke"]) else {
        return Ok(());
    };
    let see = format!("see what fails: {}", target.line("cargo ops smoke"));
    if !changed {
        return Err(Failure::new(
            "smoke fails, and not since this deployment: nothing was changed",
        )
        .because(refused)
        .hint(see));
    }
    // Interrupted, not refused.
    if interrupt::requested() {
        return Err(refused);
    }
    match run(PROVISION, &["rollback", "--previous", "--yes"]) {
        Ok(()) => Err(Failure::new(
            "smoke refuses this deployment; the template and the code before it run again",
        )
        .because(refused)
        .hint(format!(
            "mend what smoke named above, then: {}",
            target.line("cargo xtask deploy")
        ))),
        Err(stays) => Err(Failure::new(format!(
            "smoke refuses this deployment ({refused}), and it could not be taken back"
        ))
        .because(stays)
        .hint(see)),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use contract::failure::report;
    use contract::naming;

    use super::*;

    /// What `smoked` runs and says, where these programs fail.
    fn smoke_where(failing: &[&str], changed: bool) -> (Vec<String>, String) {
        let ran = RefCell::new(Vec::new());
        let run = |program: &str, words: &[&str]| {
            ran.borrow_mut()
                .push(format!("{program} {}", words.join(" ")));
            if !failing.contains(&words[0]) {
                return Ok(());
            }
            let how = format!("`{}` ended with exit code 1", words[0]);
            Err(Failure::new(how))
        };
        let said = match smoked(changed, &Target::local(naming::DEFAULT_STACK), run) {
            Ok(()) => String::new(),
            Err(failure) => report(&failure),
        };
        (ran.into_inner(), said)
    }

    #[test]
    fn a_deployment_that_smoke_refuses_is_taken_back() {
        let (ran, said) = smoke_where(&["smoke"], true);
        assert_eq!(ran, ["ops smoke", "provision rollback --previous --yes"]);
        assert!(
            said.contains("the template and the code before it run again"),
            "{said}"
        );
        assert_eq!(
            smoke_where(&[], true),
            (vec!["ops smoke".to_owned()], String::new())
        );
    }

    #[test]
    fn a_smoke_failure_of_before_takes_nothing_back() {
        let (ran, said) = smoke_where(&["smoke"], false);
        assert_eq!(ran, ["ops smoke"]);
        assert!(said.contains("not since this deployment"), "{said}");
    }

    #[test]
    fn what_could_not_be_taken_back_is_said() {
        let (_, said) = smoke_where(&["smoke", "rollback"], true);
        assert!(said.contains("could not be taken back"), "{said}");
    }
}
