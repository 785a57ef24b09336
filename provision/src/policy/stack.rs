//! What the programs ask for themselves.

use super::document::{Document, Statement};
use super::place::Place;
use crate::apply::packages::PLANNED;

const LISTED: &str = "it lists what the account has: IAM knows no resource for it";
const UNNAMED: &str = "without a name it lists the region's stacks, to see a platform that is there before a second \
                       is made";
const SETTINGS: &str = "it reads a setting of the account: IAM knows no resource for it";
const DETECTION: &str = "it names a detection, not a stack: IAM knows no resource for it";

/// On both stacks.
const STACKS: &[&str] = &[
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStackResourceDrifts",
    "cloudformation:DescribeStacks",
    "cloudformation:DetectStackDrift",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:ListChangeSets",
    "cloudformation:ListStackResources",
    "cloudformation:RollbackStack",
    "cloudformation:TagResource",
    "cloudformation:UpdateTerminationProtection",
];

const PACKAGES: &str = "Packages";
const GATEWAY: &str = "Gateway";
const PUT: &str = "s3:PutObject";

/// On the page's hosting: looking at it, and uploading.
const PAGE: &[&str] = &[
    "amplify:CreateDeployment",
    "amplify:GetApp",
    "amplify:GetBranch",
    "amplify:GetJob",
    "amplify:ListJobs",
    "amplify:StartDeployment",
    "amplify:StopJob",
];

/// What changes something that lives. A plan makes change sets, and keeps what CloudFormation reads
/// in a folder of its own in the artifact bucket; it executes none.
const CHANGING: &[&str] = &[
    "amplify:CreateDeployment",
    "amplify:StartDeployment",
    "amplify:StopJob",
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:RollbackStack",
    "cloudformation:UpdateTerminationProtection",
    "lambda:UpdateFunctionCode",
];

/// The policy of who only plans: nothing that lives can be changed with it.
pub(super) fn planning(place: &Place) -> Document {
    let mut document = document(place);
    for statement in &mut document.statements {
        statement
            .actions
            .retain(|action| !CHANGING.contains(action));
        match statement.sid.as_str() {
            // What it writes, nobody deploys.
            PACKAGES => statement.actions.retain(|action| *action != PUT),
            // No key can be read with it, nor what a plan's keys are.
            GATEWAY => {
                statement.resources = ["/account", "/apis*", "/restapis*", "/usageplans"]
                    .map(|path| place.gateway(path))
                    .into();
            }
            _ => {}
        }
    }
    let plans = vec![format!("{}/{PLANNED}/*", place.bucket())];
    document
        .statements
        .push(Statement::on("Plans", &[PUT], plans));
    document
}

/// The policy of who deploys.
pub(super) fn document(place: &Place) -> Document {
    let bucket = place.bucket();
    let prefixed =
        |service, kind: &str| vec![place.arn(service, &format!("{kind}{}-*", place.prefix))];
    let mut statements = vec![
        Statement::on("Stacks", STACKS, place.stacks()),
        Statement::unscoped(
            "Detection",
            &["cloudformation:DescribeStackDriftDetectionStatus"],
            DETECTION,
        ),
        // Without ListBucket, S3 answers 403 for an object that is not there.
        Statement::on("Bucket", &["s3:ListBucket"], vec![bucket.clone()]),
        Statement::on(
            PACKAGES,
            &["s3:GetObject", PUT],
            vec![format!("{bucket}/*")],
        ),
        Statement::on(
            "Tables",
            &[
                "dynamodb:DescribeContinuousBackups",
                "dynamodb:DescribeTable",
                "dynamodb:DescribeTimeToLive",
                "dynamodb:ListTagsOfResource",
            ],
            prefixed("dynamodb", "table/"),
        ),
        Statement::on(
            "Functions",
            &[
                "lambda:GetFunctionConfiguration",
                "lambda:UpdateFunctionCode",
            ],
            prefixed("lambda", "function:"),
        ),
        Statement::on(
            "Roles",
            &[
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
            ],
            vec![place.function_roles(), place.log_role()],
        ),
        Statement::on(GATEWAY, &["apigateway:GET"], gateway(place)),
        model(place),
        // An app's id is Amplify's own.
        Statement::on("Page", PAGE, vec![place.arn("amplify", "apps*")]),
    ];
    statements.extend(listed());
    statements.extend(place.role.clone().map(|role| {
        Statement::on("ServiceRole", &["iam:PassRole"], vec![role])
            .passed_to("cloudformation.amazonaws.com")
    }));
    Document { statements }
}

/// Ids are API Gateway's own, so paths are as narrow as ARNs get.
pub(super) fn gateway(place: &Place) -> Vec<String> {
    [
        "/account",
        "/apikeys*",
        "/apis*",
        "/restapis*",
        "/tags/*",
        "/usageplans*",
    ]
    .map(|path| place.gateway(path))
    .into()
}

fn model(place: &Place) -> Statement {
    let profiles = place.arn("bedrock", "inference-profile/*");
    let models = format!(
        "arn:{}:bedrock:{}::foundation-model/*",
        place.partition, place.region
    );
    Statement::on(
        "Model",
        &["bedrock:GetFoundationModel", "bedrock:GetInferenceProfile"],
        vec![profiles, models],
    )
}

fn listed() -> [Statement; 3] {
    [
        Statement::unscoped("AllStacks", &["cloudformation:DescribeStacks"], UNNAMED),
        Statement::unscoped(
            "Lists",
            &[
                "bedrock:ListInferenceProfiles",
                "cloudformation:ListStacks",
                "dynamodb:ListBackups",
                "dynamodb:ListTables",
            ],
            LISTED,
        ),
        Statement::unscoped(
            "Settings",
            &[
                "bedrock:GetFoundationModelAvailability",
                "bedrock:GetUseCaseForModelAccess",
                "iam:GetAccountSummary",
                "lambda:GetAccountSettings",
                "servicequotas:GetServiceQuota",
            ],
            SETTINGS,
        ),
    ]
}
