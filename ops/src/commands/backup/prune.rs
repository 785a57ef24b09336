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
    let judged = Judged::read(&place, args).await?;
    let doomed = judged.named(false);
    if !args.json {
        judged.show()?;
    }
    let mut deleted = 0;
    if !args.dry_run && !doomed.is_empty() {
        let question = format!("Delete {} archives for good?", doomed.len());
        confirm(&question, args.yes)?;
        let work = Box::pin(delete_all(&place, args, &doomed));
        deleted = Hold::take(&place.storage).await?.during(work).await?;
    }
    if args.json {
        let kept = judged.named(true);
        output::json(&json!({"deleted": deleted, "delete": &doomed, "keep": kept}))?;
    }
    output::note(&format!("{deleted} archives were deleted"));
    Ok(Exit::Done)
}

/// Deletes the archives of these names that are still to go: while a person was asked, nobody was
/// kept from the place, and one that was unfinished may be whole by now. Says how many went.
async fn delete_all(place: &Place, args: &Args, doomed: &[&str]) -> anyhow::Result<usize> {
    let judged = Judged::read(place, args).await?;
    let mut names = judged.named(false);
    names.retain(|name| doomed.contains(name));
    for name in &names {
        delete(place, name).await?;
    }
    Ok(names.len())
}

/// The archives of a place, and whether they stay.
struct Judged(Vec<(Listed, Verdict)>);

impl Judged {
    async fn read(place: &Place, args: &Args) -> anyhow::Result<Self> {
        let keep = Keep {
            daily: args.keep_daily,
            weekly: args.keep_weekly,
            monthly: args.keep_monthly,
        };
        let archives = place.list().await?;
        let verdicts = judge(&archives, keep, Timestamp::now());
        Ok(Self(archives.into_iter().zip(verdicts).collect()))
    }

    /// The names of those that stay, or of those that go.
    fn named(&self, stay: bool) -> Vec<&str> {
        let are = |verdict: &Verdict| (*verdict != Verdict::Delete) == stay;
        let found = self.0.iter().filter(|(_, verdict)| are(verdict));
        found.map(|(one, _)| one.name.as_str()).collect()
    }

    fn show(&self) -> anyhow::Result<()> {
        let mut table = output::table(["archive", "state", "size", "verdict"]);
        for (one, verdict) in &self.0 {
            let verdict = match verdict {
                Verdict::Keep(reasons) => format!("stays: {}", reasons.join(", ")),
                Verdict::Delete => "goes".to_owned(),
            };
            let (state, size) = (state(one.state()).to_owned(), size(one.bytes));
            table.add_row([one.name.clone(), state, size, verdict]);
        }
        output::data(&table.to_string())
    }
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
