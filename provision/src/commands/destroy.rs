//! `provision destroy`: deletes the stack. The tables stay, with their data, unless that is asked
//! for by name.

use anyhow::Context;
use contract::{Exit, Failure, naming, parameters};
use deploy_target::{Target, TargetArgs};

use super::rollback::ask;
use crate::apply::bootstrap::Bootstrap;
use crate::apply::change_set;
use crate::apply::client::{Client, Identity};
use crate::apply::interrupt::{Journal, guarded};
use crate::apply::running;
use crate::apply::stack::Stack;
use crate::clients::Clients;
use crate::destroy::{self, Backup, Kept, Remains};
use crate::output::{note, print};

/// Delete the stack; its tables stay, with their data
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Args {
    /// Delete the tables too, with all data; asks for the stack's name, typed out
    #[arg(long)]
    delete_data: bool,

    /// The stack's name, for scripts that delete data: --yes does not confirm that
    #[arg(long, value_name = "NAME", requires = "delete_data")]
    confirm_name: Option<String>,

    /// Place of the backup that is taken before data are deleted: a folder, or `s3://BUCKET/PREFIX`
    /// [default: backups]
    #[arg(long, value_name = "PLACE", requires = "delete_data")]
    backup_to: Option<String>,

    /// Encrypt the backup to this age recipient, age1… (may be repeated)
    #[arg(long, value_name = "RECIPIENT", requires = "delete_data")]
    encrypt_to: Vec<String>,

    /// Delete data without a backup
    #[arg(long, requires = "delete_data", conflicts_with_all = ["backup_to", "encrypt_to"])]
    no_backup: bool,

    /// Delete the artifact bucket and the bootstrap stack too, as the last stack of the region
    #[arg(long)]
    with_bootstrap: bool,

    /// Prefix of the tables' names, where the stack that knew it is gone
    #[arg(long)]
    prefix: Option<String>,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// The command that goes on where this one was.
    fn command(&self, no_backup: bool) -> String {
        let flags = [
            (self.delete_data, " --delete-data"),
            (no_backup, " --no-backup"),
            (self.with_bootstrap, " --with-bootstrap"),
        ];
        let given = flags.into_iter().filter(|(given, _)| *given);
        let command = given.fold("destroy".to_owned(), |command, (_, flag)| command + flag);
        match &self.prefix {
            Some(prefix) => format!("{command} --prefix {prefix}"),
            None => command,
        }
    }
}

/// Deletes the stack, and what else was asked for; lists what stays.
///
/// # Errors
/// Where it is refused (exit 3), or a deletion fails, with its first cause.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let clients = Clients::connect(target).await?;
    let client = Client::new(&clients);
    let journal = Journal::of(args.command(args.no_backup));
    let identity = client.identity().await?;
    let down = Down {
        clients: &clients,
        journal: &journal,
        args,
        identity,
    };
    Box::pin(guarded(client, &journal, down.run())).await
}

struct Down<'a> {
    clients: &'a Clients,
    journal: &'a Journal,
    args: &'a Args,
    identity: Identity,
}

impl Down<'_> {
    async fn run(&self) -> anyhow::Result<Exit> {
        let client = Client::new(self.clients);
        let target = &self.clients.target;
        running::settle(client, self.journal, &target.stack).await?;
        let stack = client.stack(&target.stack).await?;
        let prefix = self.prefix(stack.as_ref());
        let tables = destroy::kept(self.clients, &prefix).await?;
        self.is_something(stack.as_ref(), &tables)?;
        if self.args.with_bootstrap {
            self.is_last().await?;
        }
        self.confirm(stack.as_ref(), &tables).await?;
        let deletes = self.args.delete_data && !tables.is_empty();
        let backup = if deletes {
            self.backup(stack.is_some()).await?
        } else {
            None
        };
        let stack = match stack {
            Some(stack) => self.delete_stack(stack).await?,
            None => None,
        };
        if deletes {
            self.delete_tables(&tables).await?;
        }
        if self.args.with_bootstrap {
            let bootstrap = Bootstrap::read(client).await?;
            destroy::delete_bootstrap(self.clients, self.journal, bootstrap.live_bucket()).await?;
        }
        let remains = destroy::remains(self.clients, stack.as_ref(), &prefix).await?;
        let gone: &[Kept] = if deletes { &tables } else { &[] };
        print(&text(target, gone, backup, &remains))?;
        Ok(Exit::Done)
    }

    fn prefix(&self, stack: Option<&Stack>) -> String {
        let live = stack.and_then(|stack| stack.parameters.get(parameters::PREFIX));
        live.or(self.args.prefix.as_ref())
            .cloned()
            .unwrap_or_else(|| naming::prefix_of(&self.clients.target.stack).to_owned())
    }

    /// Refuses where there is nothing of what was asked for.
    fn is_something(&self, stack: Option<&Stack>, tables: &[Kept]) -> Result<(), Failure> {
        let target = &self.clients.target;
        let data = self.args.delete_data && !tables.is_empty();
        if stack.is_some() || data || self.args.with_bootstrap {
            return Ok(());
        }
        let what = if self.args.delete_data {
            format!("there is no stack {}, and no table of it", target.stack)
        } else {
            format!("there is no stack {}", target.stack)
        };
        Err(Failure::new(what).hint(format!(
            "is it elsewhere? looked in account {}, {}",
            self.identity.account,
            target.region()
        )))
    }

    async fn is_last(&self) -> Result<(), Failure> {
        let others = Client::new(self.clients).siblings().await?;
        if others.is_empty() {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "other stacks of this region use the bootstrap stack: {}",
            others.join(", ")
        ))
        .hint("delete this one without --with-bootstrap"))
    }

    async fn confirm(&self, stack: Option<&Stack>, tables: &[Kept]) -> anyhow::Result<()> {
        let target = &self.clients.target;
        let name = target.stack.clone();
        let place = format!("account {}, {}", self.identity.account, target.region());
        if !self.args.delete_data {
            let what = if stack.is_some() {
                "The APIs, their keys and the page go; the tables stay."
            } else {
                "The artifact bucket and the bootstrap stack go."
            };
            return ask(format!("Delete {name} ({place})? {what}"), self.args.yes).await;
        }
        let items: usize = tables.iter().map(|table| table.items).sum();
        let what = format!(
            "Delete {name} ({place}), with {} tables and all data in them (about {items} items)?",
            tables.len()
        );
        let given = self.args.confirm_name.clone();
        let typed =
            tokio::task::spawn_blocking(move || destroy::by_name(&name, &what, given.as_deref()));
        Ok(typed.await.context("the question was cut short")??)
    }

    /// Before anything is deleted, while the stack still says where everything is.
    async fn backup(&self, live: bool) -> anyhow::Result<Option<String>> {
        let target = self.clients.target.clone();
        let args = self.args;
        let place = args.backup_to.as_deref();
        let backup = Backup::of(place, &args.encrypt_to, args.no_backup);
        if !live && backup != Backup::No {
            return Err(Failure::refused(format!(
                "no backup can be taken: the stack {} is gone, and only its tables are left",
                target.stack
            ))
            .hint(format!(
                "deploy on them first (cargo provision apply {} --adopt), or delete them \
                 without a backup: --no-backup",
                target.flags()
            ))
            .into());
        }
        let taken = tokio::task::spawn_blocking(move || destroy::take_backup(&target, &backup));
        let taken = taken.await.context("the backup was cut short")??;
        // Without its stack, no other can be taken.
        self.journal.goes_on_with(args.command(true));
        Ok(taken)
    }

    /// Returns the stack as it was.
    async fn delete_stack(&self, stack: Stack) -> anyhow::Result<Option<Stack>> {
        let client = Client::new(self.clients);
        if stack.protected {
            client.protect(&stack.id, false).await?;
            let name = &self.clients.target.stack;
            self.journal
                .did(format!("{name} is not protected from deletion any more"));
        }
        change_set::delete(client, self.journal, &stack.id).await?;
        Ok(Some(stack))
    }

    async fn delete_tables(&self, tables: &[Kept]) -> Result<(), Failure> {
        self.journal.did("deleting its tables has begun");
        for table in tables {
            note(&format_args!("deleting {}", table.name));
            destroy::delete_table(self.clients, table).await?;
        }
        self.journal.did("its tables are deleted");
        Ok(())
    }
}

/// What was deleted, where its backup is, and what stays.
fn text(target: &Target, gone: &[Kept], backup: Option<String>, remains: &Remains) -> String {
    let mut lines = vec![format!("{} is deleted", target.stack)];
    if !gone.is_empty() {
        let names: Vec<&str> = gone.iter().map(|table| table.name.as_str()).collect();
        lines.push(format!("deleted with all data: {}", names.join(", ")));
    }
    lines.extend(backup.map(|place| format!("the data are in the newest backup in {place}")));
    let stays = remains.lines(target);
    if stays.is_empty() {
        lines.push("nothing that costs anything stays".to_owned());
    } else {
        lines.push("these stay:".to_owned());
        lines.extend(stays);
    }
    let flags = target.flags();
    if !remains.tables.is_empty() {
        lines.push(format!(
            "deploy on the tables again: cargo provision apply {flags} --adopt\n\
             delete them, with all data: cargo provision destroy {flags} --delete-data"
        ));
    }
    if remains.bucket.is_some() && remains.tables.is_empty() {
        lines.push(format!(
            "delete the bucket and the bootstrap stack, as the last stack of the region: cargo \
             provision destroy {flags} --with-bootstrap"
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::destroy::{Maker, TableBackup};

    fn target() -> Target {
        Target::on_aws("us-west-2", "Blue")
    }

    fn users() -> Kept {
        Kept {
            name: "Blue-Users".into(),
            arn: "arn:aws:dynamodb:us-west-2:1:table/Blue-Users".into(),
            items: 100,
            protected: true,
        }
    }

    #[test]
    fn the_tables_that_stay_are_listed_with_both_ways_on() {
        let remains = Remains {
            tables: vec![users()],
            bucket: Some(("artifacts".into(), 7, 12_345_678)),
            bootstrap: true,
            ..Remains::default()
        };
        insta::assert_snapshot!(text(&target(), &[], None, &remains), @r"
        Blue is deleted
        these stay:
          table Blue-Users, about 100 items, protected from deletion
            arn:aws:dynamodb:us-west-2:1:table/Blue-Users
          bucket artifacts, 7 packages and templates, 12.3 MB (every stack's of this region)
          stack SupporterEngagementBootstrap (free of charge)
        deploy on the tables again: cargo provision apply --region us-west-2 --stack-name Blue --adopt
        delete them, with all data: cargo provision destroy --region us-west-2 --stack-name Blue --delete-data
        ");
    }

    fn backup((number, maker): (u8, Maker)) -> TableBackup {
        TableBackup {
            arn: format!("arn:aws:dynamodb:us-west-2:1:table/Blue-Users/backup/{number}"),
            bytes: 4_000_000,
            maker,
        }
    }

    #[test]
    fn deleted_data_are_named_with_their_backup_and_all_that_is_still_billed() {
        let remains = Remains {
            scratch: vec!["Blue-rehearsal-1-00c0ffee-0a1b2c3d-alice-at-laptop-Users".into()],
            backups: [(1, Maker::Person), (2, Maker::System)].map(backup).into(),
            bucket: Some(("artifacts".into(), 7, 12_345_678)),
            bootstrap: true,
            late_logs: vec!["/aws/apigateway/a/v1".into()],
            ..Remains::default()
        };
        insta::assert_snapshot!(text(&target(), &[users()], Some("backups".into()), &remains), @r"
        Blue is deleted
        deleted with all data: Blue-Users
        the data are in the newest backup in backups
        these stay:
          scratch table Blue-rehearsal-1-00c0ffee-0a1b2c3d-alice-at-laptop-Users, of a rehearsal that runs or was killed: delete it then
          backup of a table, 4.0 MB
            arn:aws:dynamodb:us-west-2:1:table/Blue-Users/backup/1
          recovery data of a deleted table, 4.0 MB (free of charge, for 35 days)
            arn:aws:dynamodb:us-west-2:1:table/Blue-Users/backup/2
          bucket artifacts, 7 packages and templates, 12.3 MB (every stack's of this region)
          stack SupporterEngagementBootstrap (free of charge)
          log group /aws/apigateway/a/v1, if the API wrote a late line (look in an hour)
        delete the bucket and the bootstrap stack, as the last stack of the region: cargo provision destroy --region us-west-2 --stack-name Blue --with-bootstrap
        ");
    }
}
