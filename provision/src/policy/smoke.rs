//! What `ops smoke` asks for.

use contract::Table;

use super::document::{Document, Statement};
use super::place::Place;
use super::stack::gateway;

const ALARMS: &str = "it lists alarms: IAM knows no resource for it";

/// The policy.
pub(super) fn document(place: &Place) -> Document {
    let prefix = &place.prefix;
    let sessions = Table::Sessions.physical_name(prefix);
    let named = |service, kind: &str| vec![place.arn(service, &format!("{kind}{prefix}-*"))];
    let logs = [
        format!("log-group:/aws/lambda/{prefix}-*"),
        "log-group:/aws/apigateway/*".to_owned(),
    ];
    Document {
        statements: vec![
            Statement::on(
                "Stack",
                &[
                    "cloudformation:DescribeStacks",
                    "cloudformation:ListStackResources",
                ],
                place.stacks(),
            ),
            Statement::on(
                "Tables",
                &[
                    "dynamodb:DeleteItem",
                    "dynamodb:DescribeContinuousBackups",
                    "dynamodb:DescribeTable",
                    "dynamodb:DescribeTimeToLive",
                    "dynamodb:PutItem",
                    "dynamodb:Query",
                ],
                named("dynamodb", "table/"),
            ),
            // Its sessions have the names that API Gateway gives connections.
            Statement::on(
                "Sessions",
                &["dynamodb:Scan"],
                vec![place.arn("dynamodb", &format!("table/{sessions}"))],
            ),
            Statement::on(
                "Functions",
                &["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
                named("lambda", "function:"),
            ),
            Statement::on(
                "Roles",
                &[
                    "iam:GetRolePolicy",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListRolePolicies",
                    "iam:SimulatePrincipalPolicy",
                ],
                vec![place.function_roles()],
            ),
            Statement::on("Gateway", &["apigateway:GET"], gateway(place)),
            Statement::on(
                "Logs",
                &["logs:FilterLogEvents"],
                logs.iter().map(|group| place.arn("logs", group)).collect(),
            ),
            Statement::unscoped("Alarms", &["cloudwatch:DescribeAlarms"], ALARMS),
        ],
    }
}
