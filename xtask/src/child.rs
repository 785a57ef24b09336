//! Running other programs: who failed, how, and with which exit code.

use std::io;
use std::process::{Command, ExitStatus, Output, Stdio};

use contract::{Exit, Failure};

/// Runs `command` on our terminal and waits for it. `what` is the command as a person would type it.
///
/// # Errors
/// Where it cannot be started or fails; the exit code is the child's own where it has a meaning.
pub fn run(command: &mut Command, what: &str) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| cannot_start(command, what, error))?;
    check(status, what)
}

/// Runs `command` and gives its stdout; stderr goes to our terminal.
pub fn stdout(command: &mut Command, what: &str) -> Result<Vec<u8>, Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, what, error))?;
    check(output.status, what)?;
    Ok(output.stdout)
}

/// Runs `command` on our terminal, where it may ask, and gives its stdout.
pub fn answer(command: &mut Command, what: &str) -> Result<Vec<u8>, Failure> {
    let output = command
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, what, error))?;
    check(output.status, what)?;
    Ok(output.stdout)
}

/// Runs `command`, and gives what it printed as data also where it failed, with how it ended.
///
/// # Errors
/// Where it cannot be started.
pub fn told(command: &mut Command, what: &str) -> Result<(Vec<u8>, Result<(), Failure>), Failure> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, what, error))?;
    let ended = check(output.status, what);
    Ok((output.stdout, ended))
}

/// Runs `command` silently. A failure's cause is the last line that it wrote.
pub fn quiet(command: &mut Command, what: &str) -> Result<(), Failure> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| cannot_start(command, what, error))?;
    check(output.status, what).map_err(|failure| match last_line(&output) {
        Some(line) => failure.because(line),
        None => failure,
    })
}

fn check(status: ExitStatus, what: &str) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    let how = status
        .code()
        .map_or_else(|| status.to_string(), |code| format!("exit code {code}"));
    Err(Failure::new(format!("`{what}` ended with {how}")).exit(exit(status.code())))
}

/// The codes that our programs share; anything else is a plain failure.
fn exit(code: Option<i32>) -> Exit {
    match code {
        Some(2) => Exit::Usage,
        Some(3) => Exit::Refused,
        Some(4) => Exit::Differs,
        _ => Exit::Failed,
    }
}

fn last_line(output: &Output) -> Option<String> {
    [&output.stderr, &output.stdout]
        .into_iter()
        .find_map(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            text.lines()
                .map(str::trim)
                .rfind(|line| !line.is_empty())
                .map(str::to_owned)
        })
}

fn cannot_start(command: &Command, what: &str, error: io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    Failure::new(format!("cannot start `{what}` ({program})")).because(error)
}

#[cfg(test)]
mod tests {
    use contract::failure::{exit_of, report};

    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_childs_exit_code_becomes_ours() {
        let failure = run(&mut sh("exit 4"), "provision verify").unwrap_err();
        assert_eq!(exit_of(&failure), Exit::Differs);
        assert_eq!(
            report(&failure),
            "error: `provision verify` ended with exit code 4"
        );
        let failure = run(&mut sh("exit 101"), "cargo build").unwrap_err();
        assert_eq!(exit_of(&failure), Exit::Failed);
    }

    #[test]
    fn what_a_child_told_before_it_failed_is_kept() {
        let (told, ended) = told(&mut sh("echo one; exit 1"), "ops smoke").unwrap();
        assert_eq!((told.as_slice(), ended.is_err()), (&b"one\n"[..], true));
    }

    #[test]
    fn a_quiet_childs_last_line_is_the_cause() {
        let failure = quiet(&mut sh("echo one; echo two >&2; exit 1"), "pip install").unwrap_err();
        assert!(report(&failure).ends_with("cause: two"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(&mut Command::new("/nowhere/at-all"), "at-all").unwrap_err();
        assert!(report(&failure).starts_with("error: cannot start `at-all` (/nowhere/at-all)"));
    }
}
