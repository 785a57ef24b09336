//! Starting the engine, or finding the one that runs.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use contract::{Failure, local};

use super::description::Engine;
use super::folder::Folder;
use super::{health, port, process, venv};
use crate::files;
use crate::steps::say;

/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a running engine may be too busy to answer.
const BUSY: Duration = Duration::from_secs(15);

/// Lines of the engine's log that a failure shows.
const LOG_LINES: usize = 12;

/// Of each of them.
const LINE_CHARS: usize = 160;

/// Gives the running engine, or starts one.
pub fn ensure(local: &Path) -> anyhow::Result<Engine> {
    let python = venv::ENGINE.install(local)?;
    let folder = Folder::new(local);
    let _lock = folder.lock()?;
    if let Some(engine) = running(&folder)? {
        say!(
            "the engine runs already at {} (pid {})",
            engine.endpoint,
            engine.pid
        );
        return Ok(engine);
    }
    start(&folder, &python)
}

/// The engine that the description names, where it lives and answers.
fn running(folder: &Folder) -> anyhow::Result<Option<Engine>> {
    let Some(engine) = Engine::read(folder)? else {
        return Ok(None);
    };
    if !process::is_engine(engine.pid) {
        say!("{}", death(&engine, folder));
        files::remove(&folder.engine_file())?;
        return Ok(None);
    }
    if process::wait(BUSY, || health::is_well(engine.port)) {
        return Ok(Some(engine));
    }
    Err(
        Failure::new(format!("the engine (pid {}) does not answer", engine.pid))
            .hint(format!(
                "see {}; stop it: cargo xtask down",
                folder.log().display()
            ))
            .into(),
    )
}

/// What people read when the engine is gone that the description names.
fn death(engine: &Engine, folder: &Folder) -> String {
    let mut text = format!(
        "the engine (pid {}) ended on its own; what was written since it was last stopped with \
         `cargo xtask down` is lost. Its last lines:",
        engine.pid
    );
    text.push_str(&last_lines(&folder.log()));
    text
}

fn start(folder: &Folder, python: &Path) -> anyhow::Result<Engine> {
    folder.make()?;
    let choice = port::choose(port::former(&folder.port()))?;
    if let Some(taken) = choice.taken {
        say!(
            "port {taken}, which the engine had before, is taken; it gets {}",
            choice.port
        );
    }
    let mut child = spawn(folder, python, choice.port)?;
    let engine = Engine::new(child.id(), choice.port);
    let mut ended = None;
    let settled = process::wait(PATIENCE, || {
        ended = child.try_wait().ok().flatten();
        ended.is_some() || health::is_well(engine.port)
    });
    if let Some(status) = ended {
        return Err(failed(
            folder,
            &format!("the engine ended at once ({status})"),
        ));
    }
    if !settled {
        process::terminate(engine.pid);
        return Err(failed(folder, "the engine does not answer"));
    }
    files::write_whole(&folder.port(), choice.port.to_string().as_bytes())?;
    engine.write(folder)?;
    say!(
        "the engine runs at {} (pid {})",
        engine.endpoint,
        engine.pid
    );
    Ok(engine)
}

fn spawn(folder: &Folder, python: &Path, port: u16) -> anyhow::Result<Child> {
    let log = File::create(folder.log()).context("cannot write the engine's log")?;
    let errors = log.try_clone().context("cannot write the engine's log")?;
    Command::new(python)
        .args(["-m", "ministack"])
        .env_clear()
        .envs(environment(folder, port))
        .current_dir(folder.tmp())
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // A group of its own: Ctrl-C in our terminal is not meant for it, nor is our end.
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", python.display()))
}

/// The engine's whole environment. It leaks into the functions, so it holds what is needed only.
fn environment(folder: &Folder, port: u16) -> Vec<(&'static str, String)> {
    let state = (folder.state(), folder.s3());
    local::engine_environment(port, &folder.tmp(), Some((&state.0, &state.1)))
}

fn failed(folder: &Folder, what: &str) -> anyhow::Error {
    let log = folder.log();
    Failure::new(format!("{what}; its last lines:{}", last_lines(&log)))
        .hint(format!(
            "the whole log: {}; then: cargo xtask up",
            log.display()
        ))
        .into()
}

fn last_lines(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(LOG_LINES)..];
    if last.is_empty() {
        return " (none)".to_owned();
    }
    let last: Vec<String> = last.iter().map(|line| cut(line)).collect();
    format!("\n    {}", last.join("\n    "))
}

/// What functions log goes through the engine's log, a long line of JSON a request.
fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    #[test]
    fn a_description_of_another_program_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        // Our own pid is alive, and no engine's: as after a reboot.
        Engine::new(process::id(), 1).write(&folder).unwrap();
        assert_eq!(running(&folder).unwrap(), None);
        assert!(!folder.engine_file().exists());
    }

    #[test]
    fn a_death_shows_the_last_lines() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let lines: Vec<String> = (1..=20).map(|n| format!("line {n}")).collect();
        fs::write(folder.log(), lines.join("\n")).unwrap();
        let text = death(&Engine::new(7, 1), &folder);
        assert!(text.contains("(pid 7) ended on its own"), "{text}");
        assert!(
            text.contains("\n    line 9\n") && !text.contains("line 8\n"),
            "{text}"
        );
    }

    #[test]
    fn long_lines_are_cut_at_a_character() {
        assert_eq!(cut(&"é".repeat(160)), "é".repeat(160));
        assert_eq!(cut(&"é".repeat(161)), format!("{} …", "é".repeat(160)));
    }

    #[test]
    fn an_engine_that_ends_at_once_is_reported_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        let error = start(&folder, Path::new("/bin/false")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the engine ended at once (exit status: 1)")
        );
        assert!(!folder.engine_file().exists());
    }

    #[test]
    fn the_environment_names_the_port_and_nothing_of_ours() {
        let folder = Folder::new(Path::new("/l"));
        let environment = environment(&folder, 4599);
        assert!(environment.contains(&("AWS_ENDPOINT_URL", "http://127.0.0.1:4599".to_owned())));
        assert!(environment.contains(&("STATE_DIR", "/l/state".to_owned())));
        assert!(environment.iter().all(|(name, _)| !name.contains("CARGO")));
    }
}
