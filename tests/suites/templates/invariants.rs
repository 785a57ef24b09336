//! What holds for every template, whatever it declares.

use platform_tests::template::{Template, readable};
use serde_yaml::Value;

const TEMPLATES: [&str; 2] = ["platform.yaml", "bootstrap.yaml"];

/// CloudFormation's limits: template through S3, and resources.
const MAX_BYTES: u64 = 1_000_000;
const MAX_RESOURCES: usize = 500;

fn each(check: impl Fn(&str, &Template)) {
    for file in TEMPLATES {
        check(file, &Template::read(file).unwrap());
    }
}

#[test]
fn no_value_is_null() {
    each(|file, template| {
        for (path, value) in template.scalars() {
            assert!(!value.is_null(), "{file}: {path}");
        }
    });
}

#[test]
fn only_the_transport_guard_has_a_wildcard_action() {
    each(|file, template| {
        for (path, value) in template.scalars() {
            let wild = path.contains(".Action.") && value.as_str().unwrap().contains('*');
            let guard = path.starts_with("Resources.ArtifactBucketPolicy.");
            assert!(!wild || guard, "{file}: {path}");
        }
    });
}

#[test]
fn only_api_gateways_log_role_is_on_every_resource() {
    each(|file, template| {
        for (path, value) in template.scalars() {
            let every = path.ends_with(".Resource") && value.as_str() == Some("*");
            assert!(
                !every || path.starts_with("Resources.ApiGatewayLogRole."),
                "{file}: {path}"
            );
        }
    });
}

#[test]
fn no_role_has_a_managed_policy() {
    each(|file, template| {
        for role in template.of_type("AWS::IAM::Role") {
            assert!(
                role.property("ManagedPolicyArns").is_none(),
                "{file}: {}",
                role.id
            );
        }
    });
}

#[test]
fn what_holds_state_is_retained() {
    each(|file, template| {
        for resource in template.resources() {
            let state = ["AWS::DynamoDB::Table", "AWS::S3::Bucket"].contains(&resource.kind);
            for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
                let kept = resource.attribute(policy) == Some("Retain");
                assert!(kept || !state, "{file}: {} has no {policy}", resource.id);
            }
        }
    });
}

#[test]
fn tables_are_protected_encrypted_and_recoverable() {
    let template = Template::read("platform.yaml").unwrap();
    assert_eq!(template.of_type("AWS::DynamoDB::Table").count(), 5);
    for table in template.of_type("AWS::DynamoDB::Table") {
        for switch in [
            "DeletionProtectionEnabled",
            "SSESpecification.SSEEnabled",
            "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
        ] {
            assert_eq!(
                table.property(switch),
                Some(&Value::Bool(true)),
                "{}: {switch}",
                table.id
            );
        }
    }
}

#[test]
fn every_function_has_a_role_and_a_log_group_of_its_own() {
    let template = Template::read("platform.yaml").unwrap();
    assert_eq!(template.of_type("AWS::Lambda::Function").count(), 6);
    for function in template.of_type("AWS::Lambda::Function") {
        let stem = function.id.trim_end_matches("Function");
        let read = |path| readable(function.property(path).unwrap());
        assert_eq!(read("Role"), format!("{stem}Role"));
        assert_eq!(read("LoggingConfig.LogGroup"), format!("{stem}LogGroup"));
    }
}

#[test]
fn every_log_group_has_a_retention() {
    each(|file, template| {
        for group in template.of_type("AWS::Logs::LogGroup") {
            let retention = group.property("RetentionInDays").map(readable);
            assert_eq!(
                retention.as_deref(),
                Some("LogRetentionDays"),
                "{file}: {}",
                group.id
            );
        }
    });
}

#[test]
fn access_logs_hold_no_query_string_and_no_path_parameter() {
    let template = Template::read("platform.yaml").unwrap();
    let formats = ["AccessLogSetting.Format", "AccessLogSettings.Format"];
    let stages = template
        .resources()
        .filter(|resource| resource.kind.ends_with("::Stage"));
    let mut seen = 0;
    for stage in stages {
        let format = formats
            .iter()
            .find_map(|path| stage.property(path))
            .unwrap();
        let format = format.as_str().unwrap();
        for leaky in [
            "querystring",
            "$context.path\"",
            "$context.authorizer.usage",
            "sourceIp",
        ] {
            assert!(!format.contains(leaky), "{}: {leaky}", stage.id);
        }
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn templates_fit_cloudformations_limits() {
    each(|file, template| {
        let path = platform_tests::template::workspace()
            .join("templates")
            .join(file);
        let bytes = std::fs::metadata(path).unwrap().len();
        assert!(bytes < MAX_BYTES, "{file}: {bytes} bytes");
        assert!(template.resources().count() < MAX_RESOURCES, "{file}");
    });
}
