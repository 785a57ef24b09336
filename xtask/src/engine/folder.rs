//! Files and folders of the local platform.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context;
use contract::local;

use crate::steps::say;

/// [`local::DIR`], and what is in it.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`.
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The engine's description.
    pub fn engine_file(&self) -> PathBuf {
        self.0.join(local::ENGINE_FILE)
    }

    /// What the engine printed since it was started last.
    pub fn log(&self) -> PathBuf {
        self.0.join("engine.log")
    }

    /// The port it had last, so that URLs stay the same.
    pub fn port(&self) -> PathBuf {
        self.0.join("port")
    }

    /// What the services hold.
    pub fn state(&self) -> PathBuf {
        self.0.join("state")
    }

    /// What S3 holds.
    pub fn s3(&self) -> PathBuf {
        self.0.join("s3")
    }

    /// The engine's temporary files.
    pub fn tmp(&self) -> PathBuf {
        self.0.join("tmp")
    }

    /// All that `down --wipe` deletes.
    pub fn kept(&self) -> [PathBuf; 5] {
        [self.state(), self.s3(), self.tmp(), self.port(), self.log()]
    }

    /// Makes the folders that the engine needs.
    pub fn make(&self) -> anyhow::Result<()> {
        for dir in [self.state(), self.s3(), self.tmp()] {
            fs::create_dir_all(&dir)
                .with_context(|| format!("cannot make the folder {}", dir.display()))?;
        }
        Ok(())
    }

    /// Keeps other tasks from installing, starting or stopping at the same time, until dropped.
    pub fn lock(&self) -> anyhow::Result<File> {
        let path = self.0.join("lock");
        let locking = || format!("cannot lock {}", path.display());
        fs::create_dir_all(&self.0).with_context(locking)?;
        let file = File::create(&path).with_context(locking)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                say!("another task is at work on the local platform; waiting for it");
                file.lock().with_context(locking)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(locking),
        }
        Ok(file)
    }
}
