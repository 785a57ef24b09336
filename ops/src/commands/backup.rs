//! `ops backup`: the tables into an archive; and what is done with archives.

use std::path::PathBuf;

use contract::{Exit, Failure, Table};
use deploy_target::TargetArgs;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::archives::{self, PlaceArgs};
use crate::archive::{Hold, Manifest, Recipients, generate};
use crate::backup::{self, Live, Options, Way, tables_for};
use crate::output;
use crate::progress::grouped;
use crate::wire::Share;

mod list;
mod prune;
mod verify;

/// Back up the tables into an archive that can be checked and restored
///
/// `--source scan` reads the tables in parallel; what is written meanwhile may be in the archive or
/// not, and the manifest says so. `--source pitr` has DynamoDB export all tables as of one moment.
/// An interrupted backup goes on where it was when the same command runs again. An archive holds
/// personal data: encrypt it (`--encrypt-to`), or keep it where few can read.
#[derive(clap::Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  \
        cargo ops backup --to backups --local\n  \
        cargo ops backup --to s3://my-bucket/backups --source pitr --region us-west-2\n  \
        cargo ops backup verify backups\n  \
        cargo ops backup prune backups --keep-daily 7 --keep-weekly 4 --keep-monthly 12"
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,

    /// The place: a folder, or `s3://BUCKET/PREFIX`. Each backup gets a folder of its own in it
    #[arg(long, value_name = "PLACE", required = true)]
    to: Option<String>,

    /// Only this table (may be repeated) [default: all but Sessions]
    #[arg(long, value_name = "TABLE", value_parser = archives::table)]
    table: Vec<Table>,

    /// The open sessions too, which end within an hour
    #[arg(long)]
    with_sessions: bool,

    /// Where the items come from
    #[arg(long, value_enum, default_value_t = From::Scan)]
    source: From,

    /// With `--source scan`: which part of each table's read capacity to use
    #[arg(long, value_name = "SHARE", default_value = "0.25")]
    share: Share,

    /// With `--source pitr`: as of this time, e.g. 2026-11-23T22:00:00Z [default: the latest]
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,

    /// With `--source pitr`: the bucket to export through [default: the artifact bucket]
    #[arg(long, value_name = "BUCKET")]
    export_bucket: Option<String>,

    /// With `--source pitr`: leave the exported objects in the bucket
    #[arg(long)]
    keep_export: bool,

    /// Encrypt to this age recipient, age1… (may be repeated)
    #[arg(long, value_name = "RECIPIENT")]
    encrypt_to: Vec<String>,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum From {
    /// A parallel scan
    Scan,
    /// DynamoDB's export of a point in time
    Pitr,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Verify(verify::Args),
    List(list::Args),
    Prune(prune::Args),
    /// Make a pair of keys for `--encrypt-to` and `--identity`
    #[command(after_help = "Example:\n  cargo ops backup keygen archive-key.txt")]
    Keygen {
        /// New file for the secret key; keep it apart from the archives
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// Where the tables cannot be read or the archive not be written; what was written stays, and the
/// same command goes on there.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    match &args.what {
        Some(What::Verify(args)) => return verify::run(target, args).await,
        Some(What::List(args)) => return list::run(target, args).await,
        Some(What::Prune(args)) => return prune::run(target, args).await,
        Some(What::Keygen { file }) => {
            output::data(&generate(file)?)?;
            return Ok(Exit::Done);
        }
        None => {}
    }
    let options = options(args)?;
    let to = args.to.clone().unwrap_or_default();
    let live = Live::reach(target.resolve()?).await?;
    let place = PlaceArgs { place: to }.open(target).await?;
    let work = Box::pin(async {
        tokio::select! {
            finished = backup::run(&live, &place, &options) => finished,
            _ = tokio::signal::ctrl_c() => Err(interrupted().into()),
        }
    });
    let finished = Hold::take(&place.storage).await?.during(work).await?;
    let archive = finished.storage.describe();
    if args.json {
        output::json(&to_json(&archive, &finished.manifest))?;
    } else {
        output::data(&to_text(&archive, &finished.manifest, &live.target.flags()))?;
    }
    Ok(Exit::Done)
}

fn options(args: &Args) -> Result<Options, Failure> {
    if args.source == From::Scan && (args.at.is_some() || args.export_bucket.is_some()) {
        return Err(
            Failure::usage("--at and --export-bucket need --source pitr")
                .hint("a scan is no point in time"),
        );
    }
    Ok(Options {
        tables: tables_for(&args.table, args.with_sessions),
        way: match args.source {
            From::Scan => Way::Scan(args.share),
            From::Pitr => Way::Pitr {
                at: args.at,
                bucket: args.export_bucket.clone(),
                keep: args.keep_export,
            },
        },
        recipients: Recipients::parse(&args.encrypt_to)?,
    })
}

fn interrupted() -> Failure {
    Failure::new("interrupted; there is no backup yet")
        .hint("run the same command again: it goes on where it was")
}

fn to_json(archive: &str, manifest: &Manifest) -> Value {
    json!({
        "archive": archive,
        "stack": manifest.stack,
        "source": manifest.source,
        "startedAt": manifest.started_at,
        "endedAt": manifest.ended_at,
        "encrypted": manifest.encryption.is_some(),
        "sessions": manifest.sessions,
        "items": manifest.items(),
        "storedBytes": manifest.stored_bytes(),
        "tables": manifest.tables.iter().map(|table| json!({
            "table": table.table,
            "items": table.items,
            "digest": table.digest,
            "segments": table.segments.len(),
        })).collect::<Vec<_>>(),
    })
}

fn to_text(archive: &str, manifest: &Manifest, flags: &str) -> String {
    // Only what is in S3 needs a target to be read.
    let flags = if archive.starts_with("s3://") {
        format!(" {flags}")
    } else {
        String::new()
    };
    let mut table = output::table(["table", "items", "files", "digest"]);
    for one in &manifest.tables {
        table.add_row([
            one.table.clone(),
            grouped(one.items),
            one.segments.len().to_string(),
            one.digest.to_string().chars().take(16).collect(),
        ]);
    }
    let lines = [
        format!("{archive}: whole; {}", archives::nature(manifest)),
        table.to_string(),
        format!("check it: cargo ops backup verify {archive}{flags}"),
    ];
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Source;

    /// Scripts read these keys: renaming one breaks them.
    #[test]
    fn the_json_keys_are_frozen() {
        let mut manifest = Manifest::new(
            "Stack",
            "r",
            Source::Scan {
                point_in_time: false,
            },
        );
        manifest.started_at = "a".into();
        manifest.ended_at = "b".into();
        let json = serde_json::to_string(&to_json("backups/x", &manifest)).unwrap();
        insta::assert_snapshot!(json, @r#"{"archive":"backups/x","stack":"Stack","source":{"kind":"scan","pointInTime":false},"startedAt":"a","endedAt":"b","encrypted":false,"sessions":false,"items":0,"storedBytes":0,"tables":[]}"#);
    }
}
