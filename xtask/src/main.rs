//! The project's own commands: `cargo xtask …`.
//!
//! Links no SDK, so that it is there within seconds of a clone: it builds and drives the programs
//! that do the work, `provision` and `ops`. Progress goes to stderr, data to stdout.

mod bench;
mod browser;
mod cargo;
mod child;
mod deploy;
mod digest;
mod down;
mod engine;
mod files;
mod host;
mod interrupt;
mod outputs;
mod package;
mod page;
mod siblings;
mod steps;
mod target;
mod templates;
mod test;
mod up;
mod watch;
mod workspace;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use contract::Exit;
use contract::failure::{exit_of, report};

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("XTASK_COMMIT"), ")");

/// Builds, packages, deploys and tests the platform
#[derive(Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version = VERSION)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Up(up::Args),
    Down(down::Args),
    Deploy(Box<deploy::Args>),
    Watch(watch::Args),
    Package(package::Args),
    Templates(templates::Args),
    Test(test::Args),
    Bench(bench::Args),
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        shell: Shell,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(exit) => exit.into(),
        Err(error) => {
            // A closed stderr must not turn an error into a panic.
            let _ = writeln!(io::stderr(), "{}", report(error.as_ref()));
            exit_of(error.as_ref()).into()
        }
    }
}

fn run(task: Task) -> anyhow::Result<Exit> {
    interrupt::listen()?;
    match task {
        Task::Up(args) => up::run(&args),
        Task::Down(args) => down::run(&args),
        Task::Deploy(args) => deploy::run(&args),
        Task::Watch(args) => watch::run(&args),
        Task::Package(args) => package::run(&args),
        Task::Templates(args) => templates::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "xtask", &mut io::stdout());
            Ok(Exit::Done)
        }
    }
}
