//! The artifact bucket, and tables that exist already.

use std::collections::BTreeSet;

use contract::naming::BOOTSTRAP_STACK;
use deploy_target::Target;

use super::finding::Finding;
use crate::apply::adoption::{self, Found};

/// What `HeadBucket` says of a bucket that must be of this account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bucket {
    /// There is no bootstrap stack yet.
    Unmade,
    /// It is ours.
    Ours(String),
    /// There is one of that name, and not for us.
    Foreign(String),
    /// There is none of that name.
    Gone(String),
}

/// Whether packages can go where CloudFormation reads them.
pub(super) fn bucket(bucket: &Bucket, account: &str) -> Finding {
    let look = "bucket";
    match bucket {
        Bucket::Unmade => Finding::ok(look, format!("none yet; {BOOTSTRAP_STACK} makes it")),
        Bucket::Ours(name) => Finding::ok(look, name),
        Bucket::Foreign(name) => {
            Finding::error(look, format!("{name} is not a bucket of account {account}"))
                .because(
                    "S3 refuses it for this account: the bucket is another account's (its name \
                     was taken after ours was deleted), or its policy shuts us out; packages \
                     sent there could be read or exchanged by others",
                )
                .next(format!(
                    "delete the stack {BOOTSTRAP_STACK} and deploy: it makes a bucket of a new name"
                ))
        }
        Bucket::Gone(name) => Finding::error(look, format!("{name} was deleted"))
            .because(format!("{BOOTSTRAP_STACK} still names it"))
            .next(format!(
                "delete the stack {BOOTSTRAP_STACK} and deploy: it makes a bucket of a new name"
            )),
    }
}

/// Whether tables that exist outside the stack can be taken over.
pub(super) fn tables(
    target: &Target,
    found: &[Found],
    adopt: bool,
    made: &BTreeSet<String>,
) -> Vec<Finding> {
    let look = "tables";
    if found.is_empty() {
        return vec![Finding::ok(
            look,
            "none of their names is taken outside the stack",
        )];
    }
    let one = |found: &Found| {
        let one = std::slice::from_ref(found);
        match adoption::decide(target, one, adopt, made) {
            Ok(_) => Finding::ok(
                look,
                format!(
                    "{} exists ({} items) and is taken over",
                    found.name, found.items
                ),
            ),
            Err(failure) => Finding::error(look, failure.to_string()).explained_by(
                &failure,
                "a stack before this one left it, or somebody made it; none is made over its items",
            ),
        }
    };
    found.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contract::{Table, naming};

    use super::super::finding::Severity;
    use super::*;

    #[test]
    fn a_bucket_of_another_account_is_an_error() {
        let finding = bucket(&Bucket::Foreign("artifacts".into()), "111122223333");
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.found,
            "artifacts is not a bucket of account 111122223333"
        );
        assert!(finding.cause.unwrap().contains("another account's"));
        for (there, severity) in [
            (Bucket::Unmade, Severity::Ok),
            (Bucket::Ours("artifacts".into()), Severity::Ok),
            (Bucket::Gone("artifacts".into()), Severity::Error),
        ] {
            assert_eq!(bucket(&there, "1").severity, severity, "{there:?}");
        }
    }

    fn found(stack: &str) -> Found {
        Found {
            table: Table::Users,
            name: "Blue-Users".into(),
            key: vec![("userId".into(), "HASH".into(), "S".into())],
            tags: BTreeMap::from([
                (naming::PROJECT_TAG.into(), naming::PROJECT.into()),
                (naming::STACK_TAG.into(), stack.into()),
            ]),
            items: 7,
        }
    }

    #[test]
    fn a_table_is_adoptable_or_an_error_that_says_why() {
        let target = Target::on_aws("us-west-2", "Blue");
        let look =
            |found: Found, adopt| tables(&target, &[found], adopt, &BTreeSet::new()).remove(0);
        assert_eq!(look(found("Blue"), true).severity, Severity::Ok);
        let unasked = look(found("Blue"), false);
        assert_eq!(unasked.severity, Severity::Error);
        assert!(unasked.cause.unwrap().contains("over its items"));
        assert!(unasked.next.unwrap().ends_with("--adopt"));
        let others = look(found("Green"), true);
        assert_eq!(others.severity, Severity::Error);
        assert_eq!(others.found, "Blue-Users is not this stack's table");
    }
}
