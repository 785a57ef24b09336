//! Stopping the engine so that its state is saved.

use std::path::Path;
use std::time::Duration;

use contract::Failure;

use super::description::Engine;
use super::folder::Folder;
use super::process;
use crate::files;
use crate::steps::say;

/// How long saving may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whether the state is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wipe {
    /// Keep it for the next start.
    Keep,
    /// Delete it.
    Delete,
}

/// Stops the engine that runs in `local`, if one does.
pub fn stop(local: &Path, wipe: Wipe) -> anyhow::Result<()> {
    let folder = Folder::new(local);
    let _lock = folder.lock()?;
    match Engine::read(&folder)? {
        Some(engine) if process::is_engine(engine.pid) => end(&engine, &folder, wipe)?,
        Some(engine) => say!(
            "the engine (pid {}) had ended on its own; what was written since it was last stopped \
             is lost",
            engine.pid
        ),
        None => say!("the engine does not run"),
    }
    files::remove(&folder.engine_file())?;
    if wipe == Wipe::Delete {
        for kept in folder.kept() {
            files::remove(&kept)?;
        }
        say!("its state is deleted");
    }
    Ok(())
}

fn end(engine: &Engine, folder: &Folder, wipe: Wipe) -> anyhow::Result<()> {
    let pid = engine.pid;
    say!("stopping the engine (pid {pid}) …");
    process::terminate(pid);
    if process::wait(PATIENCE, || !process::is_alive(pid)) {
        if wipe == Wipe::Keep {
            say!("stopped; its state is saved");
        }
        return Ok(());
    }
    Err(Failure::new(format!("the engine (pid {pid}) does not stop"))
        .hint(format!(
            "see {}; `kill -9 {pid}` ends it and loses what it has not saved; then: cargo xtask up",
            folder.log().display()
        ))
        .into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn stopping_what_does_not_run_is_fine_and_keeps_the_state() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        folder.make().unwrap();
        Engine::new(u32::MAX, 1).write(&folder).unwrap();
        stop(dir.path(), Wipe::Keep).unwrap();
        assert!(!folder.engine_file().exists());
        assert!(folder.state().exists());
    }

    #[test]
    fn wiping_deletes_state_and_keeps_installed_tools() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path());
        folder.make().unwrap();
        fs::create_dir(dir.path().join("venv-engine")).unwrap();
        stop(dir.path(), Wipe::Delete).unwrap();
        assert!(!folder.state().exists() && !folder.s3().exists());
        assert!(dir.path().join("venv-engine").exists());
    }
}
