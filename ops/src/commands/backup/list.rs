//! `ops backup list`: the archives of a place.

use contract::Exit;
use deploy_target::TargetArgs;
use serde_json::{Value, json};

use crate::archive::{Listed, State};
use crate::commands::archives::{PlaceArgs, nature};
use crate::output;

/// List the archives of a place, oldest first
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  cargo ops backup list backups --json")]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the place cannot be read.
pub async fn run(target: &TargetArgs, args: &Args) -> anyhow::Result<Exit> {
    let place = args.place.open(target).await?;
    let archives = place.list().await?;
    if args.json {
        output::json(&archives.iter().map(to_json).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    if archives.is_empty() {
        output::note(&format!(
            "there are no archives in {}",
            place.storage.describe()
        ));
        return Ok(Exit::Done);
    }
    let mut table = output::table(["archive", "state", "size", "what it is"]);
    for one in &archives {
        table.add_row([
            one.name.clone(),
            state(one.state()).to_owned(),
            size(one.bytes),
            about(one),
        ]);
    }
    output::data(&table.to_string())?;
    Ok(Exit::Done)
}

/// The word for a state.
pub fn state(state: State) -> &'static str {
    match state {
        State::Whole => "whole",
        State::Unfinished => "unfinished",
        State::Damaged => "damaged",
    }
}

/// Bytes, as people read them.
pub fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

fn about(one: &Listed) -> String {
    match &one.manifest {
        Ok(Some(manifest)) => nature(manifest),
        Ok(None) => "run the same backup again: it goes on where it was".to_owned(),
        Err(why) => why.clone(),
    }
}

fn to_json(one: &Listed) -> Value {
    let manifest = one.manifest.as_ref().ok().and_then(Option::as_ref);
    json!({
        "archive": one.name,
        "state": one.state(),
        "bytes": one.bytes,
        "stack": manifest.map(|manifest| &manifest.stack),
        "startedAt": manifest.map(|manifest| &manifest.started_at),
        "source": manifest.map(|manifest| &manifest.source),
        "items": manifest.map(crate::archive::Manifest::items),
    })
}
