//! `ops`: the data and the running system.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use contract::Exit;
use deploy_target::{Completions, TargetArgs};
use ops::commands::{
    backup, chat, content, erase_user, export_user, logs, restore, schema, seed, smoke, status,
};

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("OPS_COMMIT"), ")");

/// Seeds, checks and looks after a running platform
#[derive(Parser)]
#[command(name = "ops", version = VERSION, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    target: TargetArgs,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Backup(Box<backup::Args>),
    Chat(chat::Args),
    Content(content::Args),
    ExportUser(export_user::Args),
    EraseUser(erase_user::Args),
    Restore(Box<restore::Args>),
    Logs(logs::Args),
    Schema(schema::Args),
    Seed(seed::Args),
    Smoke(smoke::Args),
    Status(status::Args),
    /// Print a shell's completion script
    Completions(Completions),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    deploy_target::run(async move {
        match cli.command {
            Command::Backup(args) => backup::run(&cli.target, &args).await,
            Command::Chat(args) => chat::run(&cli.target, &args).await,
            Command::Content(args) => content::run(&args),
            Command::ExportUser(args) => export_user::run(&cli.target, &args).await,
            Command::EraseUser(args) => erase_user::run(&cli.target, &args).await,
            Command::Restore(args) => restore::run(&cli.target, &args).await,
            Command::Logs(args) => logs::run(&cli.target, &args).await,
            Command::Schema(args) => schema::run(&args),
            Command::Seed(args) => seed::run(&cli.target, &args).await,
            Command::Smoke(args) => smoke::run(&cli.target, &args).await,
            Command::Status(args) => status::run(&cli.target, &args).await,
            Command::Completions(args) => {
                args.print::<Cli>();
                Ok(Exit::Done)
            }
        }
    })
}
