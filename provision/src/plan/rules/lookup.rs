//! Finds what is known of a type.

use super::kind::{Kind, Rule};
use super::{
    amplify, apigateway, apigatewayv2, cloudwatch, dynamodb, every, iam, lambda, logs, others, s3,
};

const SERVICES: [&[Kind]; 10] = [
    amplify::KINDS,
    apigateway::KINDS,
    apigatewayv2::KINDS,
    cloudwatch::KINDS,
    dynamodb::KINDS,
    iam::KINDS,
    lambda::KINDS,
    logs::KINDS,
    others::KINDS,
    s3::KINDS,
];

fn kinds() -> impl Iterator<Item = &'static Kind> {
    SERVICES.into_iter().flatten()
}

/// What is known of this type, `AWS::…`.
pub fn kind(name: &str) -> Option<&'static Kind> {
    kinds().find(|kind| kind.name == name)
}

/// The rules for properties of this type, in their order: every type's first.
pub fn of(name: &str) -> impl Iterator<Item = &'static Rule> {
    let own = kind(name).map_or(&[][..], |kind| kind.rules);
    every::RULES.iter().chain(own)
}

/// Whether resources of this type keep what people have entrusted to us.
pub fn is_stateful(name: &str) -> bool {
    kind(name).is_some_and(|kind| kind.stateful)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::When;
    use super::super::holds::reaches;
    use super::*;

    #[test]
    fn each_type_has_one_table() {
        let names: BTreeSet<_> = kinds().map(|kind| kind.name).collect();
        assert_eq!(names.len(), kinds().count());
    }

    #[test]
    fn every_rule_can_be_reached() {
        for kind in kinds() {
            let all: Vec<&Rule> = of(kind.name).collect();
            for (index, rule) in all.iter().enumerate() {
                let hidden = all[..index].iter().any(|earlier| {
                    earlier.when == When::Any && reaches(earlier.path, &[rule.path.to_owned()])
                });
                assert!(
                    !hidden,
                    "{}: {rule:?} stands behind a rule that always holds",
                    kind.name
                );
            }
        }
    }
}
