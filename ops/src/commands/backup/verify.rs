//! `ops backup verify`: whether an archive is whole, without any platform.

use contract::Exit;
use deploy_target::TargetArgs;
use serde_json::json;

use crate::commands::archives::{IdentityArgs, PlaceArgs, nature};
use crate::output;
use crate::progress::Progress;

/// Check every file and every item of an archive, offline
///
/// Of a place with several archives, the newest is checked.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  cargo ops backup verify backups")]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,

    #[command(flatten)]
    identity: IdentityArgs,

    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Names the file that is missing, too many, or not as it was written.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let place = args.place.open(target).await?;
    let archive = place.archive(None).await?.with(args.identity.read()?);
    let progress = Progress::new("items", archive.manifest.items());
    let checked = archive.verify(|_, _, items| progress.advance(items)).await;
    match checked {
        Ok(()) => progress.finish(),
        Err(_) => progress.stop(),
    }
    checked?;
    let (name, manifest) = (archive.describe(), &archive.manifest);
    let sealed = archive.is_sealed();
    if args.json {
        output::json(&json!({
            "archive": name,
            "whole": true,
            "itemsChecked": !sealed,
            "items": manifest.items(),
        }))?;
    } else {
        output::data(&format!("{name}: whole; {}", nature(manifest)))?;
        if sealed {
            output::data(
                "its files are as they were written; to check the items: --identity FILE",
            )?;
        }
    }
    Ok(Exit::Done)
}
