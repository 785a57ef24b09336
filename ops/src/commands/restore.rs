//! `ops restore`: an archive back into the tables, or, as a rehearsal, into tables of its own.

use std::path::PathBuf;

use contract::{Exit, Failure, outputs};
use deploy_target::{TargetArgs, confirm};
use serde_json::Value;

use super::archives::{IdentityArgs, PlaceArgs, nature};
use crate::archive::{Archive, Hold, Storage};
use crate::backup::Live;
use crate::erasure::{self, Erasures, Shared};
use crate::output;
use crate::progress::grouped;
use crate::restore::{self, Filter, Mode, Options};

mod report;

use report::{rehearsal_json, rehearsal_text, report_json, report_text};

/// Restore an archive: checked whole before the first write, read again after the last
///
/// Tables must be empty, unless --merge or --replace says what happens to what is there. Supporters
/// who were erased since the backup are left out. An interrupted restore goes on where it was when
/// the same command runs again, and writes nothing twice.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  \
    cargo ops restore --from backups --rehearse --local\n  \
    cargo ops restore --from backups --dry-run --merge --local\n  \
    cargo ops restore --from s3://my-bucket/backups --only user=user-000001 --region us-west-2")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    /// The archive, or a place with archives, of which the newest is taken
    #[arg(long, value_name = "PLACE")]
    from: String,

    #[command(flatten)]
    identity: IdentityArgs,

    /// Write what is missing; never overwrite an item that is there, count those that differ
    #[arg(long, conflicts_with = "replace")]
    merge: bool,

    /// Back up what is there, delete it, and restore
    #[arg(long)]
    replace: bool,

    /// Only one supporter's items, those that are missing
    #[arg(long, value_name = "user=ID", conflicts_with = "replace", value_parser = only)]
    only: Option<String>,

    /// Check everything and say what would be written
    #[arg(long)]
    dry_run: bool,

    /// Restore into scratch tables, compare, report times, delete them
    #[arg(long, conflicts_with_all = ["merge", "replace", "only", "dry_run"])]
    rehearse: bool,

    /// The list of erased supporters in a file [default: the list in the artifact bucket]
    #[arg(long, value_name = "FILE")]
    erasure_list: Option<PathBuf>,

    /// Keep the journal in this folder [default: beside the archive]
    #[arg(long, value_name = "FOLDER")]
    journal: Option<PathBuf>,

    /// Do not ask before writing
    #[arg(long)]
    yes: bool,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

fn only(text: &str) -> Result<String, String> {
    match text.strip_prefix("user=") {
        Some(user) if contract::limits::is_id(user) => Ok(user.to_owned()),
        _ => Err("user=ID, e.g. user=user-000001".to_owned()),
    }
}

/// Runs the command.
///
/// # Errors
/// Where the archive is damaged, a table is not empty or refuses, the person says no, or what is
/// read again differs.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let from = PlaceArgs {
        place: args.from.clone(),
    };
    let place = from.open(target).await?;
    let archive = place.archive(Some(&target.stack_name)).await?;
    let archive = archive.with(args.identity.read()?);
    archive.readable()?;
    output::note(&format!(
        "{}: {}",
        archive.describe(),
        nature(&archive.manifest)
    ));
    let live = Live::reach(target.resolve()?).await?;
    let filter = filter(&live, &archive, args).await?;
    if args.rehearse {
        let rehearsal = restore::rehearse(&live, &archive, &filter).await?;
        print(args, &rehearsal_json(&rehearsal), || {
            rehearsal_text(&rehearsal)
        })?;
        return Ok(Exit::Done);
    }
    let (journal, safety) = folders(&archive, &live, args);
    let options = options(args, journal, safety.clone());
    ask(&live, &archive, args)?;
    let work = Box::pin(async {
        tokio::select! {
            report = restore::run(&live, &archive, &filter, &options) => report,
            _ = tokio::signal::ctrl_c() => Err(interrupted().into()),
        }
    });
    let report = if writes_beside(args, &safety) {
        Hold::take(&safety).await?.during(work).await?
    } else {
        work.await?
    };
    print(args, &report_json(&report), || report_text(&report))?;
    Ok(Exit::Done)
}

fn options(args: &Args, journal: Storage, safety: Storage) -> Options {
    Options {
        mode: match (args.merge, args.replace) {
            (true, _) => Mode::Merge,
            (_, true) => Mode::Replace,
            _ => Mode::Fresh,
        },
        only: args.only.clone(),
        dry_run: args.dry_run,
        journal,
        safety,
    }
}

/// Whether anything is written beside the archive. Where its bucket is only read, with a journal of
/// one's own, no right to write there is needed.
fn writes_beside(args: &Args, safety: &Storage) -> bool {
    let only_reads =
        args.journal.is_some() && !args.replace && matches!(safety, Storage::Bucket(_));
    !args.dry_run && !only_reads
}

fn print(args: &Args, value: &Value, text: impl Fn() -> String) -> anyhow::Result<()> {
    if args.json {
        output::json(value)
    } else {
        output::data(&text())
    }
}

/// Where the journal is kept, and where tables are backed up before they are replaced.
fn folders(archive: &Archive, live: &Live, args: &Args) -> (Storage, Storage) {
    let (beside, name) = archive.storage.beside(".restores");
    // Apart from the archives, of which the newest is taken: never what a restore replaced.
    let (safety, _) = archive.storage.beside("before-restore");
    let journals = args.journal.clone().map_or(beside, Storage::Folder);
    let stack = &live.target.stack;
    (journals.child(&format!("{name}-into-{stack}")), safety)
}

/// Whom to leave out: the lists of the stack the archive is of, and of the one it goes to.
async fn filter(live: &Live, archive: &Archive, args: &Args) -> anyhow::Result<Filter> {
    let manifest = &archive.manifest;
    let lists = match &args.erasure_list {
        Some(file) if !file.exists() => {
            let what = format!("there is no {}", file.display());
            return Err(Failure::usage(what)
                .hint("name the erasure list, or leave it out")
                .into());
        }
        Some(file) => vec![erasure::read_file(&manifest.stack, file)?],
        None => shared_lists(live, &manifest.stack).await?,
    };
    let data_point = manifest.source.data_point(&manifest.started_at);
    let filter = Filter::new(lists, args.only.clone(), data_point);
    if let Some(user) = args.only.as_deref().filter(|user| filter.is_erased(user)) {
        let what = format!("{user} was erased after this backup was made");
        return Err(Failure::refused(what)
            .hint("erased supporters are never restored")
            .into());
    }
    Ok(filter)
}

async fn shared_lists(live: &Live, archived: &str) -> anyhow::Result<Vec<Erasures>> {
    let clients = &live.clients;
    let why = || {
        Failure::new("cannot read the list of erased supporters; nothing was written")
            .hint("without it they would come back; --erasure-list FILE names a copy")
    };
    let shared = Shared::open(&clients.cloudformation, clients.s3.clone(), &live.target).await;
    let shared = shared.map_err(|error| why().because(error))?;
    let mut lists = Vec::new();
    for stack in [archived, live.target.stack.as_str()] {
        lists.push(
            shared
                .read(stack)
                .await
                .map_err(|error| why().because(error))?,
        );
    }
    Ok(lists)
}

fn ask(live: &Live, archive: &Archive, args: &Args) -> anyhow::Result<()> {
    if args.dry_run || (live.target.is_local() && !args.replace) {
        return Ok(());
    }
    let (stack, region) = (&live.stack.name, live.target.region());
    let environment = live.stack.output(outputs::ENVIRONMENT)?;
    let what = if args.replace {
        "DELETE all items of"
    } else {
        "Write into"
    };
    let (count, from) = (grouped(archive.manifest.items()), archive.describe());
    let question = format!(
        "{what} the archive's tables of stack `{stack}` ({environment}, {region}), and restore \
         {count} items from {from}?"
    );
    confirm(&question, args.yes)?;
    Ok(())
}

fn interrupted() -> Failure {
    Failure::new("interrupted; the restore is not complete")
        .hint("run the same command again: it goes on where it was")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_supporter_is_named_by_an_id() {
        assert_eq!(only("user=user-000001").as_deref(), Ok("user-000001"));
        assert!(only("user-000001").is_err() && only("user=no such").is_err());
    }
}
