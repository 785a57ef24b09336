//! What CloudFormation does in the principal's name, by resource type.

use std::collections::{BTreeMap, BTreeSet};

use contract::naming;

use super::document::{Document, Statement};
use super::place::Place;
use super::stack::gateway;
use crate::cfn::Template;

/// What a type's resources are to IAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Alarms,
    Bucket,
    Dashboards,
    Delivery,
    Functions,
    Gateway,
    LogGroups,
    LogGroupList,
    PassToFunctions,
    PassToGateway,
    Roles,
    Tables,
    WebApp,
    Objects,
}

/// By resource type: which actions its handlers call, on what. Source: the `handlers` of the
/// types' schemas in the CloudFormation registry, less what a property needs that no template of
/// ours sets; for API Gateway, whose schemas name its verbs, the verbs. No table is ever deleted:
/// tables are retained.
const HANDLERS: &[(&str, Scope, &[&str])] = &[
    ("AWS::ApiGateway::", Scope::Gateway, VERBS),
    ("AWS::ApiGatewayV2::", Scope::Gateway, VERBS),
    (
        "AWS::ApiGateway::Account",
        Scope::PassToGateway,
        &["iam:PassRole"],
    ),
    // Access logs of a WebSocket stage are delivered by CloudWatch Logs.
    (
        "AWS::ApiGatewayV2::Stage",
        Scope::Delivery,
        &[
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
    ),
    (
        "AWS::Amplify::",
        Scope::WebApp,
        &[
            "amplify:CreateApp",
            "amplify:CreateBranch",
            "amplify:DeleteApp",
            "amplify:DeleteBranch",
            "amplify:GetApp",
            "amplify:GetBranch",
            "amplify:ListTagsForResource",
            "amplify:TagResource",
            "amplify:UntagResource",
            "amplify:UpdateApp",
            "amplify:UpdateBranch",
        ],
    ),
    (
        "AWS::CloudWatch::Alarm",
        Scope::Alarms,
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ],
    ),
    (
        "AWS::CloudWatch::Dashboard",
        Scope::Dashboards,
        &[
            "cloudwatch:DeleteDashboards",
            "cloudwatch:GetDashboard",
            "cloudwatch:PutDashboard",
        ],
    ),
    (
        "AWS::DynamoDB::Table",
        Scope::Tables,
        &[
            "dynamodb:CreateTable",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeContributorInsights",
            "dynamodb:DescribeKinesisStreamingDestination",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:GetResourcePolicy",
            "dynamodb:ListTagsOfResource",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ],
    ),
    (
        "AWS::IAM::Role",
        Scope::Roles,
        &[
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ],
    ),
    (
        "AWS::Lambda::Function",
        Scope::Functions,
        &[
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunctionRecursionConfig",
            "lambda:GetRuntimeManagementConfig",
            "lambda:ListTags",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    (
        "AWS::Lambda::Function",
        Scope::PassToFunctions,
        &["iam:PassRole"],
    ),
    // The code, and the template itself.
    ("AWS::Lambda::Function", Scope::Objects, &["s3:GetObject"]),
    (
        "AWS::Lambda::Permission",
        Scope::Functions,
        &[
            "lambda:AddPermission",
            "lambda:GetPolicy",
            "lambda:RemovePermission",
        ],
    ),
    (
        "AWS::Logs::LogGroup",
        Scope::LogGroups,
        &[
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ],
    ),
    (
        "AWS::Logs::LogGroup",
        Scope::LogGroupList,
        &["logs:DescribeLogGroups"],
    ),
    (
        "AWS::Logs::MetricFilter",
        Scope::LogGroups,
        &[
            "logs:DeleteMetricFilter",
            "logs:DescribeMetricFilters",
            "logs:PutMetricFilter",
        ],
    ),
    (
        "AWS::S3::Bucket",
        Scope::Bucket,
        &[
            "s3:CreateBucket",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:ListBucket",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ],
    ),
    (
        "AWS::S3::BucketPolicy",
        Scope::Bucket,
        &[
            "s3:DeleteBucketPolicy",
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
        ],
    ),
];

const VERBS: &[&str] = &[
    "apigateway:DELETE",
    "apigateway:GET",
    "apigateway:PATCH",
    "apigateway:POST",
    "apigateway:PUT",
];

/// The resource types that a template declares.
pub(super) fn kinds(template: &Template) -> BTreeSet<String> {
    let document = template.document();
    let resources = document
        .get("Resources")
        .and_then(serde_yaml::Value::as_mapping);
    resources
        .into_iter()
        .flat_map(serde_yaml::Mapping::values)
        .filter_map(|resource| Some(resource.get("Type")?.as_str()?.to_owned()))
        .collect()
}

/// The policy for these resource types.
pub(super) fn document(place: &Place, kinds: &BTreeSet<String>) -> Document {
    let mut scopes: BTreeMap<Scope, BTreeSet<&'static str>> = BTreeMap::new();
    for (_, scope, actions) in HANDLERS.iter().filter(|(of, ..)| is_of(kinds, of)) {
        scopes.entry(*scope).or_default().extend(*actions);
    }
    let statement = |(scope, actions): (Scope, BTreeSet<&'static str>)| {
        let actions: Vec<&'static str> = actions.into_iter().collect();
        statement(place, scope, &actions)
    };
    Document {
        statements: scopes.into_iter().map(statement).collect(),
    }
}

fn is_of(kinds: &BTreeSet<String>, of: &str) -> bool {
    kinds.iter().any(|kind| covers(of, kind))
}

/// `AWS::X::` covers all of a service's types.
fn covers(of: &str, kind: &str) -> bool {
    kind == of || (of.ends_with("::") && kind.starts_with(of))
}

fn statement(place: &Place, scope: Scope, actions: &[&'static str]) -> Statement {
    let sid = format!("{scope:?}");
    let on = |resources| Statement::on(&sid, actions, resources);
    let prefix = &place.prefix;
    match scope {
        Scope::Alarms => on(vec![place.arn("cloudwatch", &format!("alarm:{prefix}-*"))]),
        Scope::Bucket => on(vec![place.bucket()]),
        Scope::Dashboards => {
            let Place {
                partition, account, ..
            } = place;
            on(vec![format!(
                "arn:{partition}:cloudwatch::{account}:dashboard/{prefix}*"
            )])
        }
        Scope::Delivery => Statement::unscoped(
            &sid,
            actions,
            "a delivery of logs has no name before it is there: IAM knows no resource for it",
        ),
        Scope::Functions => on(vec![place.arn("lambda", &format!("function:{prefix}-*"))]),
        Scope::Gateway => on(gateway(place)),
        Scope::LogGroups => on(log_groups(place)),
        Scope::LogGroupList => on(vec![place.arn("logs", "log-group:*")]),
        Scope::Objects => on(vec![format!("{}/*", place.bucket())]),
        Scope::PassToFunctions => {
            on(vec![place.function_roles()]).passed_to("lambda.amazonaws.com")
        }
        Scope::PassToGateway => on(vec![place.log_role()]).passed_to("apigateway.amazonaws.com"),
        Scope::Roles => on(vec![place.function_roles(), place.log_role()]),
        Scope::Tables => on(vec![place.arn("dynamodb", &format!("table/{prefix}-*"))]),
        // An app's id is Amplify's own.
        Scope::WebApp => on(vec![place.arn("amplify", "apps*")]),
    }
}

/// Of functions, of access logs, and of the execution logs that API Gateway names itself.
fn log_groups(place: &Place) -> Vec<String> {
    let Place { prefix, .. } = place;
    [
        format!("log-group:/aws/lambda/{prefix}-*"),
        format!("log-group:/{prefix}/*"),
        format!("log-group:API-Gateway-Execution-Logs_*/{}*", naming::STAGE),
        format!("log-group:/aws/apigateway/*/{}*", naming::STAGE),
    ]
    .map(|group| place.arn("logs", &group))
    .into()
}

#[cfg(test)]
mod tests {
    use super::super::{LIMIT, policies};
    use super::*;
    use crate::stacks::STACKS;

    fn place() -> Place {
        Place {
            partition: "aws".into(),
            region: "us-west-2".into(),
            account: "111122223333".into(),
            stack: naming::DEFAULT_STACK.into(),
            prefix: naming::DEFAULT_PREFIX.into(),
            role: None,
        }
    }

    #[test]
    fn every_resource_type_of_the_templates_has_its_actions() {
        for kind in STACKS.iter().flat_map(|stack| kinds(&(stack.template)())) {
            let known = HANDLERS.iter().any(|(of, ..)| covers(of, &kind));
            assert!(known, "say in HANDLERS what CloudFormation does for {kind}");
        }
    }

    #[test]
    fn no_action_is_a_wildcard_and_only_what_has_a_reason_is_on_every_resource() {
        let policies = policies(&place());
        let all = [
            &policies.plan,
            &policies.stack,
            &policies.resources,
            &policies.smoke,
        ];
        for document in all {
            for statement in &document.statements {
                assert!(statement.actions.iter().all(|action| !action.contains('*')));
                let everything = statement.resources.iter().any(|resource| resource == "*");
                assert_eq!(everything, statement.reason.is_some(), "{}", statement.sid);
                assert!(!statement.actions.contains(&"dynamodb:DeleteTable"));
            }
        }
    }

    #[test]
    fn who_plans_changes_nothing_that_lives() {
        let reads = ["Get", "List", "Describe", "Detect", "GET"];
        // Change sets change nothing until somebody executes them.
        let proposals = [
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:TagResource",
            "s3:PutObject",
        ];
        for statement in policies(&place()).plan.statements {
            for action in statement.actions {
                let (_, verb) = action.split_once(':').unwrap();
                let harmless = reads.iter().any(|read| verb.starts_with(read));
                assert!(harmless || proposals.contains(&action), "{action}");
            }
        }
    }

    #[test]
    fn all_policies_fit_a_managed_policy_with_the_longest_names() {
        let longest = Place {
            stack: "S".repeat(40),
            prefix: "S".repeat(40),
            role: Some("arn:aws:iam::111122223333:role/".to_owned() + &"r".repeat(64)),
            ..place()
        };
        let policies = policies(&longest);
        for document in [&policies.stack, &policies.resources, &policies.smoke] {
            let characters = document.characters();
            assert!(characters <= LIMIT, "{characters}");
        }
    }

    #[test]
    fn the_policies_are_these() {
        let json = policies(&place()).json();
        insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
    }

    #[test]
    fn a_service_role_may_only_be_handed_to_cloudformation() {
        let role = "arn:aws:iam::111122223333:role/deployer";
        let place = Place {
            role: Some(role.into()),
            ..place()
        };
        let stack = policies(&place).stack;
        let handed = stack.statements.last().unwrap();
        assert_eq!(handed.resources, [role]);
        assert_eq!(handed.passed_to, Some("cloudformation.amazonaws.com"));
    }
}
