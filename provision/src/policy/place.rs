//! Where the policies are for, and the ARNs there.

use contract::naming;

/// An account's region, and the names there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// Region.
    pub region: String,
    /// Account id.
    pub account: String,
    /// The platform's stack.
    pub stack: String,
    /// Prefix of tables, functions, roles, log groups and alarms.
    pub prefix: String,
    /// The service role that CloudFormation is handed, where there is one.
    pub role: Option<String>,
}

impl Place {
    /// A resource in the region and account.
    pub fn arn(&self, service: &str, rest: &str) -> String {
        let Self {
            partition,
            region,
            account,
            ..
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    /// A resource of API Gateway, whose ARNs have no account.
    pub fn gateway(&self, path: &str) -> String {
        let Self {
            partition, region, ..
        } = self;
        format!("arn:{partition}:apigateway:{region}::{path}")
    }

    /// A role, by the start of its name.
    pub fn role(&self, name: &str) -> String {
        let Self {
            partition, account, ..
        } = self;
        format!("arn:{partition}:iam::{account}:role/{name}")
    }

    /// The roles of the functions.
    pub fn function_roles(&self) -> String {
        self.role(&format!("{}-*", self.prefix))
    }

    /// The role that the bootstrap stack makes for API Gateway.
    pub fn log_role(&self) -> String {
        self.role(&format!("{}-*", naming::BOOTSTRAP_STACK))
    }

    /// The artifact bucket: CloudFormation names it after the bootstrap stack and the logical id.
    pub fn bucket(&self) -> String {
        let stack = naming::BOOTSTRAP_STACK.to_lowercase();
        format!("arn:{}:s3:::{stack}-artifactbucket-*", self.partition)
    }

    /// Both stacks.
    pub fn stacks(&self) -> Vec<String> {
        [&*self.stack, naming::BOOTSTRAP_STACK]
            .map(|name| self.arn("cloudformation", &format!("stack/{name}/*")))
            .into()
    }
}
