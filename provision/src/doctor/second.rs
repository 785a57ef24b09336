//! Whether the platform would be a second one: a stack's name that was mistyped or changed.

use contract::Failure;

use super::finding::Finding;

/// A stack that is to be made, and the platforms that are there.
pub(super) fn second(stack: &str, others: &Result<Vec<String>, Failure>) -> Finding {
    let look = "platforms";
    match others {
        Err(failure) => Finding::unread(look, failure),
        Ok(others) => match others.first() {
            None => Finding::ok(look, "none in the region"),
            Some(first) => Finding::warning(
                look,
                format!(
                    "{stack} would be a second platform, beside {}",
                    others.join(", ")
                ),
            )
            .because("it would begin with empty tables; all data would stay with the other")
            .next(format!(
                "to change the one that is there: --stack-name {first}; if a second is meant, \
                 deploy with --allow-second"
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn a_second_platform_is_a_warning_that_names_the_first() {
        assert_eq!(second("Typo", &Ok(vec![])).severity, Severity::Ok);
        let finding = second("Typo", &Ok(vec!["Blue".into(), "Green".into()]));
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.found.ends_with("beside Blue, Green"));
        assert!(finding.next.unwrap().contains("--stack-name Blue"));
        let unread = second("Typo", &Err(Failure::new("cannot list the stacks")));
        assert_eq!(unread.severity, Severity::Warning);
    }
}
