//! What a target cannot show, each with its reason. A check that is listed is not run and is
//! reported as skipped, never as passed.

use super::check::Check;

/// A kind of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The local engine.
    Local,
    /// AWS.
    Aws,
}

/// A listed skip.
#[derive(Clone, Copy, Debug)]
pub struct Skip {
    /// The targets that cannot show it.
    pub on: &'static [Kind],
    /// The requirement.
    pub id: &'static str,
    /// The check of it; `None` where the requirement has no check at all.
    pub check: Option<&'static str>,
    /// Why.
    pub reason: &'static str,
}

/// Every skip.
pub const SKIPS: &[Skip] = &[
    Skip {
        on: &[Kind::Aws],
        id: "DB-4",
        check: Some("an expired session goes"),
        reason: "DynamoDB deletes expired items within days; readers filter on the expiry as well",
    },
    Skip {
        on: &[Kind::Local],
        id: "OBS-1",
        check: Some("access log"),
        reason: "the local engine drops the stage's access log setting and writes no access log",
    },
    Skip {
        on: &[Kind::Local],
        id: "OBS-2",
        check: Some("no alarm rings"),
        reason: "the local engine rings the error alarms of functions that have not failed",
    },
    Skip {
        on: &[Kind::Local],
        id: "WS-4",
        check: Some("a wrong key is refused"),
        reason: "the local engine does not check the key that the authorizer hands on; a missing \
                 key is shown refused under WS-1",
    },
    Skip {
        on: &[Kind::Local],
        id: "WEB-1",
        check: Some("the page"),
        reason: "the local engine has no hosting; `cargo xtask up` serves the page, and the \
                 browser tests open it",
    },
];

/// Why `check` is not run on this kind of target, if so.
pub fn reason(check: &Check, kind: Kind) -> Option<&'static str> {
    let listed = |skip: &&Skip| {
        skip.id == check.id && skip.check == Some(check.name) && skip.on.contains(&kind)
    };
    SKIPS.iter().find(listed).map(|skip| skip.reason)
}

/// Requirements without any check.
pub fn without_checks(kind: Kind) -> impl Iterator<Item = &'static Skip> {
    SKIPS
        .iter()
        .filter(move |skip| skip.check.is_none() && skip.on.contains(&kind))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use contract::requirements::REQUIREMENTS;

    use super::*;
    use crate::smoke::CHECKS;

    #[test]
    fn every_requirement_has_a_check_or_a_listed_skip() {
        for kind in [Kind::Local, Kind::Aws] {
            for (id, _) in REQUIREMENTS {
                let checked = CHECKS.iter().any(|check| check.id == *id);
                let skipped = without_checks(kind).any(|skip| skip.id == *id);
                assert!(
                    checked != skipped,
                    "{id} on {kind:?}: checked {checked}, skipped {skipped}"
                );
            }
        }
    }

    #[test]
    fn every_check_is_of_a_requirement_and_named_once() {
        let mut names = HashSet::new();
        for check in CHECKS {
            assert!(
                REQUIREMENTS.iter().any(|(id, _)| *id == check.id),
                "{}",
                check.id
            );
            assert!(
                names.insert((check.id, check.name)),
                "{} {} twice",
                check.id,
                check.name
            );
        }
    }

    #[test]
    fn every_skip_is_of_something_that_is_there_and_says_why() {
        for skip in SKIPS {
            assert!(
                REQUIREMENTS.iter().any(|(id, _)| *id == skip.id),
                "{}",
                skip.id
            );
            assert!(skip.reason.len() > 20 && !skip.on.is_empty(), "{}", skip.id);
            if let Some(name) = skip.check {
                let known = CHECKS
                    .iter()
                    .any(|check| check.id == skip.id && check.name == name);
                assert!(known, "{} has no check `{name}`", skip.id);
            }
        }
    }

    #[test]
    fn only_the_listed_target_skips() {
        let check = CHECKS
            .iter()
            .find(|check| check.name == "a wrong key is refused")
            .unwrap();
        assert!(reason(check, Kind::Local).is_some());
        assert_eq!(reason(check, Kind::Aws), None);
    }
}
