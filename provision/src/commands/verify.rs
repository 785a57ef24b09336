//! `provision verify`
use contract::Exit;
use deploy_target::TargetArgs;
/// Compare
#[derive(clap::Args, Debug)]
pub struct Args {}
/// Runs
pub async fn run(_: &TargetArgs, _: &Args) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
