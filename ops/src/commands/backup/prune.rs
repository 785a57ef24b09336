//! `ops backup prune`: deletes the archives that no rule keeps.

use contract::Exit;
use deploy_target::{TargetArgs, confirm};
use jiff::Timestamp;
use serde_json::json;

use super::list::{size, state};
use crate::archive::{Hold, Listed, MANIFEST, Place};
use crate::backup::{Keep, Verdict, judge};
use crate::commands::archives::PlaceArgs;
use crate::output;

/// Delete old archives; the newest of so many days, weeks and months stay
///
/// The newest whole archive of each stack always stays. Unfinished ones go after a day.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  \
    cargo ops backup prune backups --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --dry-run")]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,

    /// Keep the newest of this many days
    #[arg(long, value_name = "N", default_value_t = 7)]
    keep_daily: usize,

    /// Keep the newest of this many weeks
    #[arg(long, value_name = "N", default_value_t = 4)]
    keep_weekly: usize,

    /// Keep the newest of this many months
    #[arg(long, value_name = "N", default_value_t = 12)]
    keep_monthly: usize,

    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,

    /// Do not ask before deleting
    #[arg(long)]
    yes: bool,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the person says no, or an archive cannot be deleted.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let place = args.place.open(target).await?;
    let work = Box::pin(prune(&place, args));
    if args.dry_run {
        return work.await;
    }
    Hold::take(&place.storage).await?.during(work).await
}

async fn prune(place: &Place, args: &Args) -> anyhow::Result<Exit> {
    let archives = place.list().await?;
    let keep = Keep {
        daily: args.keep_daily,
        weekly: args.keep_weekly,
        monthly: args.keep_monthly,
    };
    let verdicts = judge(&archives, keep, Timestamp::now());
    let judged = || archives.iter().zip(&verdicts);
    let doomed: Vec<&str> = judged()
        .filter(|(_, verdict)| **verdict == Verdict::Delete)
        .map(|(one, _)| one.name.as_str())
        .collect();
    if !args.json {
        show(&archives, &verdicts)?;
    }
    if !args.dry_run && !doomed.is_empty() {
        confirm(
            &format!("Delete {} archives for good?", doomed.len()),
            args.yes,
        )?;
        for name in &doomed {
            delete(place, name).await?;
        }
    }
    let deleted = if args.dry_run { 0 } else { doomed.len() };
    if args.json {
        let kept = judged().filter(|(_, verdict)| **verdict != Verdict::Delete);
        let kept: Vec<&str> = kept.map(|(one, _)| one.name.as_str()).collect();
        output::json(&json!({"deleted": deleted, "delete": &doomed, "keep": kept}))?;
    }
    output::note(&format!("{deleted} archives were deleted"));
    Ok(Exit::Done)
}

fn show(archives: &[Listed], verdicts: &[Verdict]) -> anyhow::Result<()> {
    let mut table = output::table(["archive", "state", "size", "verdict"]);
    for (one, verdict) in archives.iter().zip(verdicts) {
        let verdict = match verdict {
            Verdict::Keep(reasons) => format!("stays: {}", reasons.join(", ")),
            Verdict::Delete => "goes".to_owned(),
        };
        let (state, size) = (state(one.state()).to_owned(), size(one.bytes));
        table.add_row([one.name.clone(), state, size, verdict]);
    }
    output::data(&table.to_string())
}

/// The manifest first: what is left of a half deleted archive is no backup.
async fn delete(place: &Place, name: &str) -> anyhow::Result<()> {
    let archive = place.storage.child(name);
    archive.delete(MANIFEST).await?;
    for (file, _) in archive.list().await? {
        archive.delete(&file).await?;
    }
    place.storage.tidy(name)
}
