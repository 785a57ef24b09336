//! The frame of a program: runtime, errors, exit code, completions.

use std::future::Future;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use contract::Exit;
use contract::failure::{exit_of, report};

/// Threads beside the main one that connections run on: what programs wait for is the network.
const WORKERS: usize = 1;

/// Threads for files, compression, questions and name look-ups, at most; no work on one waits for
/// work on another. Each thread that ran keeps freed memory of its own, up to some MiB.
const BLOCKING: usize = 3;

/// Runs a program's main and turns what it returns into output and exit code.
pub fn run<F>(main: F) -> ExitCode
where
    F: Future<Output = anyhow::Result<Exit>>,
{
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let ended = runtime.block_on(main);
    // A person who interrupts at a question leaves a thread that waits for the answer.
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit.into(),
        Err(error) => fail(error.as_ref()),
    }
}

fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // A closed stderr must not turn an error into a panic.
    let _ = writeln!(io::stderr(), "{}", report(error));
    exit_of(error).into()
}

/// `completions SHELL`, the same in every program.
#[derive(Args, Debug)]
pub struct Completions {
    /// Shell to complete for
    pub shell: Shell,
}

impl Completions {
    /// Prints the completion script of `C` to stdout.
    pub fn print<C: CommandFactory>(&self) {
        let mut command = C::command();
        let name = command.get_name().to_owned();
        // Generated into memory: the generator panics where its writer fails, and a reader that
        // goes away (`| head`) is no failure.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        let _ = io::stdout().write_all(&script);
    }
}
