//! What an account and region need once, before any platform: the artifact bucket, and the role
//! by which API Gateway writes logs.
//!
//! The role is set for the whole account and region, so it is kept when this stack goes: other
//! stacks' APIs log through it.

use contract::{naming, outputs};
use serde_json::json;

use crate::cfn::apigateway::Account;
use crate::cfn::iam::{Document, Policy, Role, Statement};
use crate::cfn::s3::{Bucket, BucketPolicy, PublicAccessBlock};
use crate::cfn::{Expr, Handle, Tag, Template, sub};

/// What API Gateway does with the role. Source: the managed policy
/// `AmazonAPIGatewayPushToCloudWatchLogs`, less what reads.
const LOG_ACTIONS: &[&str] = &[
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
];

/// The template of the bootstrap stack.
pub fn bootstrap() -> Template {
    let mut template =
        Template::new("Supporter Engagement Platform: artifact bucket and API Gateway's log role");
    let bucket = bucket(&mut template);
    log_role(&mut template);
    template.output(
        outputs::ARTIFACT_BUCKET,
        "Bucket for templates and packages",
        &bucket,
    );
    template
}

fn tags() -> Vec<Tag> {
    vec![Tag {
        key: naming::PROJECT_TAG,
        value: naming::PROJECT.into(),
    }]
}

fn bucket(template: &mut Template) -> Handle<Bucket> {
    let bucket = template.add(
        "ArtifactBucket",
        &Bucket {
            bucket_encryption: json!({
                "ServerSideEncryptionConfiguration": [
                    { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } }
                ]
            }),
            public_access_block_configuration: PublicAccessBlock::ALL,
            ownership_controls: json!({ "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] }),
            // Packages are kept: a rollback reads them.
            lifecycle_configuration: json!({
                "Rules": [
                    { "Id": "uploads", "Status": "Enabled",
                      "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 1 } }
                ]
            }),
            tags: tags(),
        },
    );
    template.retain(&bucket);
    let objects = sub![bucket.arn(), "/*"];
    let deny_plain = Statement {
        effect: "Deny",
        principal: Some([("AWS", "*")].into()),
        ..Statement::allow(vec!["s3:*"], Some(Expr::List(vec![bucket.arn(), objects])))
    }
    .only_if("Bool", "aws:SecureTransport", false.into());
    template.add(
        "ArtifactBucketPolicy",
        &BucketPolicy {
            bucket: bucket.reference(),
            policy_document: Document::of(vec![deny_plain]),
        },
    );
    bucket
}

fn log_role(template: &mut Template) {
    // Log groups' names are the stages', which this stack does not know.
    let write_logs = Statement::allow(LOG_ACTIONS.to_vec(), Some("*".into()));
    let role = template.add(
        "ApiGatewayLogRole",
        &Role {
            role_name: None,
            description: "API Gateway writes access and execution logs",
            assume_role_policy_document: Document::assumed_by("apigateway.amazonaws.com"),
            policies: vec![Policy {
                policy_name: "write-logs",
                policy_document: Document::of(vec![write_logs]),
            }],
            tags: tags(),
        },
    );
    template.retain(&role);
    let account = template.add(
        "ApiGatewayAccount",
        &Account {
            cloud_watch_role_arn: role.arn(),
        },
    );
    template.retain(&account);
}
