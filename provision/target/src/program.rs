//! The frame of a program: runtime, errors, exit code, completions.

use std::future::Future;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use contract::Exit;
use contract::failure::{exit_of, report};

/// Runs a program's main and turns what it returns into output and exit code.
pub fn run<F>(main: F) -> ExitCode
where
    F: Future<Output = anyhow::Result<Exit>>,
{
    let runtime = match tokio::runtime::Builder::new_multi_thread()
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
