//! The least-privilege report is current, and no role has more than it shows.

use platform_tests::committed;
use platform_tests::least_privilege::{UNENFORCED, granted, report};
use platform_tests::template::{Template, readable};

const AGAIN: &str =
    "INSTA_UPDATE=always cargo test -p platform-tests --test templates least_privilege";

#[test]
fn the_committed_report_is_current() {
    let template = Template::read("platform.yaml").unwrap();
    committed::check("least-privilege.md", &report(&template).unwrap(), AGAIN).unwrap();
}

#[test]
fn every_excuse_is_for_an_action_that_is_granted() {
    let granted = granted(&Template::read("platform.yaml").unwrap()).unwrap();
    for known in &UNENFORCED {
        let used = granted.iter().any(|grant| grant.action == known.action);
        assert!(used, "{} is granted to nobody", known.action);
    }
}

/// Neither directly nor through what a role or function refers to: a role has inline policies of
/// its own and nothing else, no policy resource is attached to it, nobody but Lambda takes it on,
/// and every function runs under the role of its own name.
#[test]
fn nothing_reaches_a_role_but_its_own_inline_policy() {
    let template = Template::read("platform.yaml").unwrap();
    let attachable = ["ManagedPolicy", "Policy", "RolePolicy", "InstanceProfile"];
    for resource in template.resources() {
        let attached = attachable
            .iter()
            .any(|kind| resource.kind == format!("AWS::IAM::{kind}"));
        assert!(!attached, "{}: {}", resource.id, resource.kind);
    }
    for role in template.of_type("AWS::IAM::Role") {
        assert_eq!(role.list("Policies").count(), 1, "{}", role.id);
        let trusted = role.property("AssumeRolePolicyDocument").unwrap();
        let statements = trusted["Statement"].as_sequence().unwrap();
        assert_eq!(statements.len(), 1, "{}", role.id);
        assert_eq!(readable(&statements[0]["Action"]), "sts:AssumeRole");
        let who = statements[0]["Principal"].as_mapping().unwrap();
        assert_eq!(who.len(), 1, "{}", role.id);
        assert_eq!(readable(&who["Service"]), "lambda.amazonaws.com");
    }
}

#[test]
fn no_statement_allows_by_exception() {
    for file in ["platform.yaml", "bootstrap.yaml"] {
        for (path, _) in Template::read(file).unwrap().scalars() {
            let by_exception = ["NotAction", "NotResource", "NotPrincipal"]
                .iter()
                .any(|word| path.split('.').any(|part| part == *word));
            assert!(!by_exception, "{file}: {path}");
        }
    }
}
