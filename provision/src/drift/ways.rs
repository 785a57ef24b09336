//! What brings back what still differs: the next command for each kind of finding. Pure.

use deploy_target::Target;

use super::report::Report;
use crate::verify::{Check, functions, page, usage};

/// A line for each kind of difference in `report`, with what to run or do. Where a repair was
/// `tried`, it is not named again.
pub fn back(target: &Target, report: &Report, tried: bool) -> Vec<String> {
    let flags = target.flags();
    let mut lines = Vec::new();
    if !report.detection.drifted.is_empty() && !target.is_local() && !tried {
        lines.push(format!(
            "what CloudFormation sees: cargo provision drift --repair {flags}"
        ));
    }
    let kinds = [
        (
            functions::CODE,
            format!("code: the packages run again after: cargo provision apply {flags}"),
        ),
        (
            page::FILES,
            format!("the page's files: cargo provision page upload {flags}"),
        ),
        (
            usage::KEYS,
            format!(
                "keys of a plan: by hand (aws apigateway create-usage-plan-key, or \
                 delete-usage-plan-key for one too many), or a new key in all plans: cargo provision \
                 rotate-key {flags}"
            ),
        ),
    ];
    let named = |check: &Check| kinds.iter().any(|(what, _)| check.what == *what);
    let rest = report.verify.findings().any(|check| !named(check));
    for (what, line) in &kinds {
        if report.verify.findings().any(|check| check.what == *what) {
            lines.push(line.clone());
        }
    }
    if rest {
        lines.push(by_hand(target));
    }
    lines
}

/// Routes, policies, limits: a deployment changes only what its template changes.
fn by_hand(target: &Target) -> String {
    let flags = target.flags();
    if target.is_local() {
        return format!(
            "the settings of tables and request validators: cargo provision apply {flags}; all else \
             from the start: cargo xtask down --wipe, then cargo xtask up"
        );
    }
    format!(
        "what `verify` alone sees (a route, a policy, a limit): by hand, as `expected` says; a \
         deployment changes only what its template changes. Or the stack anew on its tables, with \
         other addresses and keys: cargo provision destroy {flags}, then cargo provision apply {flags} \
         --adopt"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::{Detection, Drifted};
    use crate::verify::{self, Comparisons};

    fn report(whats: &[&str], drifted: usize) -> Report {
        let mut of = Comparisons::of("Blue");
        for what in whats {
            of.add("X-1", *what, "one", "other");
        }
        let resource = Drifted {
            id: "SearchFunction".into(),
            kind: "AWS::Lambda::Function".into(),
            name: None,
            status: "MODIFIED".into(),
            differences: vec![],
        };
        Report {
            detection: Detection {
                drifted: vec![resource; drifted],
                ..Detection::default()
            },
            verify: verify::Report {
                stack: "Blue".into(),
                checks: of.done(),
                skipped: vec![],
            },
        }
    }

    #[test]
    fn each_kind_of_finding_has_a_next_step() {
        let target = Target::on_aws("us-west-2", "Blue");
        let all = [
            functions::CODE,
            page::FILES,
            usage::KEYS,
            "managed policies",
        ];
        insta::assert_snapshot!(back(&target, &report(&all, 1), false).join("\n"), @r"
        what CloudFormation sees: cargo provision drift --repair --region us-west-2 --stack-name Blue
        code: the packages run again after: cargo provision apply --region us-west-2 --stack-name Blue
        the page's files: cargo provision page upload --region us-west-2 --stack-name Blue
        keys of a plan: by hand (aws apigateway create-usage-plan-key, or delete-usage-plan-key for one too many), or a new key in all plans: cargo provision rotate-key --region us-west-2 --stack-name Blue
        what `verify` alone sees (a route, a policy, a limit): by hand, as `expected` says; a deployment changes only what its template changes. Or the stack anew on its tables, with other addresses and keys: cargo provision destroy --region us-west-2 --stack-name Blue, then cargo provision apply --region us-west-2 --stack-name Blue --adopt
        ");
    }

    #[test]
    fn only_what_was_found_is_answered() {
        let target = Target::on_aws("us-west-2", "Blue");
        let code = back(&target, &report(&[functions::CODE], 1), true);
        assert_eq!(
            code,
            [
                "code: the packages run again after: cargo provision apply --region us-west-2 \
              --stack-name Blue"
            ]
        );
        assert!(back(&target, &report(&[], 0), false).is_empty());
    }
}
