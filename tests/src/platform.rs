//! A platform on a suite's engine, deployed by the program itself, and seen from outside.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use contract::{Function, Table, naming, outputs};
use serde_json::Value;

use crate::aws::Aws;
use crate::engine::Engine;
use crate::program::{self, Ended};
use crate::watched::Watched;

/// An item of a table.
pub type Item = HashMap<String, AttributeValue>;

/// Supporters that a suite's platform is seeded with.
pub const USERS: u32 = 5;

/// A deployed, seeded platform.
pub struct Platform<'a> {
    engine: &'a Engine,
    stack: String,
    outputs: Value,
    /// The services behind it.
    pub aws: Aws,
}

impl<'a> Platform<'a> {
    /// Deploys and seeds a platform under its own stack name.
    ///
    /// # Errors
    /// With what the program printed, where one fails.
    pub fn deploy(engine: &'a Engine, stack: &str) -> Result<Self> {
        let mut platform = Self::at(engine, stack)?;
        platform.apply()?.success()?;
        platform
            .run("ops", &["seed", "--users", &USERS.to_string()])?
            .success()?;
        let outputs = platform
            .run("provision", &["outputs", "--json", "--with-key"])?
            .success()?
            .stdout;
        platform.outputs = serde_json::from_str(&outputs).context("outputs are not JSON")?;
        Ok(platform)
    }

    /// A platform that is not deployed yet.
    ///
    /// # Errors
    /// Where no clients can be made.
    pub fn at(engine: &'a Engine, stack: &str) -> Result<Self> {
        let aws = Aws::new(&engine.endpoint)?;
        Ok(Self {
            engine,
            stack: stack.to_owned(),
            outputs: Value::Null,
            aws,
        })
    }

    /// Deploys the packages.
    ///
    /// # Errors
    /// Where the program or the packages are not built.
    pub fn apply(&self) -> Result<Ended> {
        self.run(
            "provision",
            &[
                "apply",
                "--yes",
                "--allow-second",
                "--package",
                &program::packages()?,
            ],
        )
    }

    /// Compares the live platform with the contract.
    ///
    /// # Errors
    /// Where the program or the packages are not built.
    pub fn verify(&self) -> Result<Ended> {
        self.run("provision", &["verify", "--package", &program::packages()?])
    }

    /// Runs a program on this platform's stack.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<Ended> {
        let target = ["--local", "--stack-name", &self.stack];
        program::run(self.engine, name, &[arguments, &target[..]].concat())
    }

    /// Runs a program on this platform's stack, with `input` piped into it.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn pipe(&self, name: &str, arguments: &[&str], input: &str) -> Result<Ended> {
        let target = ["--local", "--stack-name", &self.stack];
        program::pipe(self.engine, name, &[arguments, &target[..]].concat(), input)
    }

    /// Starts a program on this platform's stack that goes on until it is interrupted.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn watch(&self, name: &str, arguments: &[&str]) -> Result<Watched> {
        let target = ["--local", "--stack-name", &self.stack];
        Watched::start(self.engine, name, &[arguments, &target[..]].concat())
    }

    /// An output, by its name.
    pub fn output(&self, name: &str) -> &str {
        self.outputs[name].as_str().unwrap_or_default()
    }

    /// The value of the API key.
    pub fn key(&self) -> &str {
        self.output(outputs::API_KEY)
    }

    /// A URL of the REST API.
    pub fn rest(&self, path: &str) -> String {
        format!("{}{path}", self.output(outputs::REST_API_URL))
    }

    /// The URL of the WebSocket API.
    pub fn socket(&self) -> &str {
        self.output(outputs::WEB_SOCKET_URL)
    }

    /// The stack's name.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The prefix of its names.
    pub fn prefix(&self) -> &str {
        naming::prefix_of(&self.stack)
    }

    /// The folder that describes the engine to the programs.
    pub fn local_dir(&self) -> &Path {
        self.engine.dir()
    }

    /// The engine's endpoint, where the AWS APIs are.
    pub fn endpoint(&self) -> &str {
        &self.engine.endpoint
    }

    /// A table's name.
    pub fn table(&self, table: Table) -> String {
        table.physical_name(self.prefix())
    }

    /// A function's (and its role's) name.
    pub fn function(&self, function: Function) -> String {
        function.physical_name(self.prefix())
    }

    /// Writes a supporter who has nothing but an id and a name.
    ///
    /// # Errors
    /// Where the table refuses.
    pub fn put_supporter(&self, user: &str) -> Result<()> {
        let put = self
            .aws
            .dynamodb
            .put_item()
            .table_name(self.table(Table::Users))
            .item("userId", AttributeValue::S(user.to_owned()))
            .item("name", AttributeValue::S(format!("Supporter {user}")));
        self.aws.wait(put.send())?;
        Ok(())
    }

    /// Puts a template where CloudFormation reads it, as it is too large for a request; gives its
    /// URL.
    ///
    /// # Errors
    /// Where there is no artifact bucket, or it refuses.
    pub fn upload(&self, name: &str, template: &str) -> Result<String> {
        let describe = self.aws.cloudformation.describe_stacks();
        let describe = describe.stack_name(naming::BOOTSTRAP_STACK);
        let bootstrap = self.aws.wait(describe.send())?;
        let stack = bootstrap.stacks().first().context("no bootstrap stack")?;
        let mut listed = stack.outputs().iter();
        let bucket = listed
            .find(|output| output.output_key() == Some(outputs::ARTIFACT_BUCKET))
            .and_then(|output| output.output_value())
            .context("there is no artifact bucket")?;
        let key = format!("suites/{}-{name}", self.stack);
        let put = self.aws.s3.put_object().bucket(bucket).key(&key);
        let body = template.as_bytes().to_vec().into();
        self.aws.wait(put.body(body).send())?;
        Ok(format!("{}/{bucket}/{key}", self.endpoint()))
    }

    /// How many items a supporter has in a table that keeps several of each.
    ///
    /// # Errors
    /// Where the table cannot be read.
    pub fn items_of(&self, table: Table, user: &str) -> Result<usize> {
        Ok(self.partition(table, user)?.len())
    }

    /// The items that a table keeps of a supporter, in the order of their sort keys.
    ///
    /// # Errors
    /// Where the table cannot be read.
    pub fn partition(&self, table: Table, user: &str) -> Result<Vec<Item>> {
        let query = self
            .aws
            .dynamodb
            .query()
            .table_name(self.table(table))
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", AttributeValue::S(user.to_owned()));
        Ok(self.aws.wait(query.send())?.items.unwrap_or_default())
    }
}
