//! The tables of a platform without the rest of it, for tests that fill, empty and kill: a stack
//! with five tables is there in a moment, the whole platform in seconds.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::PoisonError;

use anyhow::{Context, Result, bail, ensure};
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use contract::{Table, local, naming, outputs};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::aws::post_json;
use crate::engine::Engine;
use crate::keys::key_json;
use crate::platform::Platform;
use crate::program::{self, Ended};
use crate::{harness::FaultyProxy, poll};

/// A stack with tables, and a proxy before its engine that nothing passes through yet.
pub struct Tables<'a> {
    /// The stack, reached directly.
    pub platform: Platform<'a>,
    /// What breaks calls.
    pub proxy: FaultyProxy,
    /// Says where the proxy is, as the engine's own folder says where the engine is.
    aimed: TempDir,
    /// A folder for archives.
    pub place: TempDir,
}

impl<'a> Tables<'a> {
    /// Makes the stack, with this many sample supporters.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn deploy(engine: &'a Engine, stack: &str, users: u32) -> Result<Self> {
        let platform = Platform::at(engine, stack)?;
        let cloudformation = &platform.aws.cloudformation;
        let template = template(platform.prefix()).to_string();
        let create = cloudformation
            .create_stack()
            .stack_name(stack)
            .template_body(template);
        platform
            .aws
            .wait(create.send())
            .context("cannot make the stack")?;
        let made = poll::until(poll::PATIENCE, || {
            let call = cloudformation.describe_stacks().stack_name(stack).send();
            let found = platform.aws.wait(call);
            found.is_ok_and(|found| {
                let stack = found.stacks().first();
                stack.and_then(|one| one.stack_status())
                    == Some(&aws_sdk_cloudformation::types::StackStatus::CreateComplete)
            })
        });
        ensure!(made, "the stack {stack} is not there");
        let proxy = FaultyProxy::start(&engine.endpoint)?;
        let aimed = tempfile::tempdir()?;
        let description = json!({"pid": 1, "port": 1, "endpoint": proxy.url()});
        std::fs::write(
            aimed.path().join(local::ENGINE_FILE),
            description.to_string(),
        )?;
        let tables = Self {
            platform,
            proxy,
            aimed,
            place: tempfile::tempdir()?,
        };
        if users > 0 {
            tables
                .ops(&["seed", "--users", &users.to_string()])?
                .success()?;
        }
        Ok(tables)
    }

    /// Runs `ops` on the stack, straight to the engine.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn ops(&self, arguments: &[&str]) -> Result<Ended> {
        self.platform.run("ops", arguments)
    }

    /// Runs `ops` on the stack through the proxy, to its end.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn through(&self, arguments: &[&str]) -> Result<Ended> {
        program::ended(&mut self.command(arguments)?)
    }

    /// Runs `ops` through the proxy as the one whom it kills; whether it was killed.
    ///
    /// # Errors
    /// Where it does not end.
    pub fn victim(&self, arguments: &[&str]) -> Result<bool> {
        let mut command = self.command(arguments)?;
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = self.proxy.aim(|| Ok(command.spawn()?))?;
        let mut status = None;
        let ended = poll::until(poll::PATIENCE, || {
            let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
            status = child.try_wait().ok().flatten();
            status.is_some()
        });
        if !ended {
            let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
            bail!("ops {arguments:?} does not end");
        }
        Ok(status.is_some_and(|status| status.code().is_none()))
    }

    /// The command that runs `ops` through the proxy.
    ///
    /// # Errors
    /// Where it is not built.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(program::binary("ops")?);
        command
            .args(arguments)
            .args(["--local", "--stack-name", self.platform.stack()])
            .env(local::DIR_ENV, self.aimed.path())
            .stdin(Stdio::null());
        Ok(command)
    }

    /// The folder for archives, as an argument.
    pub fn folder(&self) -> String {
        self.place.path().display().to_string()
    }

    /// A place in the engine's S3, under the artifact bucket.
    ///
    /// # Errors
    /// Where there is no such bucket.
    pub fn bucket(&self, prefix: &str) -> Result<String> {
        Ok(format!("s3://{}/{prefix}", self.artifact_bucket()?))
    }

    /// The artifact bucket's name.
    ///
    /// # Errors
    /// Where the bootstrap stack is not there.
    pub fn artifact_bucket(&self) -> Result<String> {
        let call = self.platform.aws.cloudformation.describe_stacks();
        let call = call.stack_name(naming::BOOTSTRAP_STACK).send();
        let found = self.platform.aws.wait(call)?;
        let outputs = found
            .stacks()
            .iter()
            .flat_map(aws_sdk_cloudformation::types::Stack::outputs);
        outputs
            .filter(|output| output.output_key() == Some(outputs::ARTIFACT_BUCKET))
            .find_map(|output| output.output_value())
            .map(ToOwned::to_owned)
            .context("no artifact bucket")
    }

    /// Backs up and gives what `--json` prints.
    ///
    /// # Errors
    /// With all that it printed, where it fails.
    pub fn backup(&self, place: &str, more: &[&str]) -> Result<Value> {
        let arguments = [&["backup", "--json", "--to", place][..], more].concat();
        let ended = self.ops(&arguments)?.success()?;
        serde_json::from_str(&ended.stdout).context("no JSON")
    }

    /// The digests of the tables as they are now, by a backup of their own.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn digests(&self) -> Result<Value> {
        let place = tempfile::tempdir()?;
        let told = self.backup(&place.path().display().to_string(), &[])?;
        Ok(digests_of(&told))
    }

    /// Deletes every item of every table.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn empty(&self) -> Result<()> {
        for table in Table::ALL {
            for items in self.items(table)?.chunks(25) {
                let deletes = items.iter().map(|item| delete(table, item));
                let deletes = deletes.collect::<Result<Vec<_>>>()?;
                let call = self.platform.aws.dynamodb.batch_write_item();
                let call = call.request_items(self.platform.table(table), deletes);
                self.platform.aws.wait(call.send())?;
            }
        }
        Ok(())
    }

    /// All items of a table.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn items(&self, table: Table) -> Result<Vec<HashMap<String, AttributeValue>>> {
        let name = self.platform.table(table);
        let scan = self.platform.aws.dynamodb.scan().table_name(name);
        Ok(self.platform.aws.wait(scan.send())?.items().to_vec())
    }

    /// Writes an item of this JSON, DynamoDB's own.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn put(&self, table: Table, item: &Value) -> Result<()> {
        let body = json!({"TableName": self.platform.table(table), "Item": item});
        self.call("PutItem", &body)
    }

    /// Calls an operation of DynamoDB with this JSON.
    ///
    /// # Errors
    /// Where the engine refuses.
    pub fn call(&self, operation: &str, body: &Value) -> Result<()> {
        let target = format!("DynamoDB_20120810.{operation}");
        post_json(self.platform.endpoint(), "dynamodb", &target, body)
    }
}

fn delete(table: Table, item: &HashMap<String, AttributeValue>) -> Result<WriteRequest> {
    let mut delete = DeleteRequest::builder();
    for key in table.key().attributes() {
        delete = delete.key(key.name, item.get(key.name).context("no key")?.clone());
    }
    Ok(WriteRequest::builder()
        .delete_request(delete.build()?)
        .build())
}

/// The digests in what a backup prints.
pub fn digests_of(told: &Value) -> Value {
    let tables = told["tables"].as_array().map_or(&[][..], Vec::as_slice);
    tables
        .iter()
        .map(|table| json!([table["table"], table["items"], table["digest"]]))
        .collect()
}

/// The only archive in a folder.
///
/// # Errors
/// Where there is none, or more than one.
pub fn only_archive(place: &Path) -> Result<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        if path.join("manifest.json").exists() {
            found.push(path);
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => bail!("{} has {} archives", place.display(), found.len()),
    }
}

fn template(prefix: &str) -> Value {
    let tables = Table::ALL.into_iter().map(|table| {
        let mut properties = key_json(table);
        properties.insert("TableName".into(), table.physical_name(prefix).into());
        properties.insert("BillingMode".into(), "PAY_PER_REQUEST".into());
        let resource = json!({"Type": "AWS::DynamoDB::Table", "Properties": properties});
        (format!("{}Table", table.name()), resource)
    });
    let tables: serde_json::Map<String, Value> = tables.collect();
    json!({
        "Resources": tables,
        "Outputs": {
            outputs::PREFIX: {"Value": prefix},
            outputs::ENVIRONMENT: {"Value": "dev"},
        },
    })
}
