//! `deploy`: build, package, plan, confirm, apply, verify; and back, where smoke refuses it.

mod args;
mod hotswap;
mod settings;
mod smoke;
mod whole;
mod words;

pub use args::Args;

use contract::Exit;

use crate::engine;
use crate::host::{HOST, Purpose, recipe};
use crate::workspace::Workspace;

/// Runs the task.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let purpose = if args.local {
        Purpose::Local
    } else {
        Purpose::Lambda(args.arch)
    };
    let recipe = recipe(HOST, purpose)?;
    let workspace = Workspace::find()?;
    let target = args.target();
    if args.local {
        engine::require_python(&workspace.local)?;
    }
    if args.hotswap {
        return hotswap::run(&workspace, &target, &recipe, &args.content);
    }
    whole::run(&workspace, &target, &recipe, args)
}
