//! Where things are: the clone, cargo's target folder, the local platform's folder.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use contract::{artifact, local};
use serde::Deserialize;

use crate::{cargo, child};

/// The folders that every task needs.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The clone.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// The local platform's folder.
    pub local: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> anyhow::Result<Self> {
        let mut command = Command::new(cargo::program());
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let json = child::stdout(&mut command, "cargo metadata")?;
        let Metadata {
            workspace_root: root,
            target_directory: target,
        } = serde_json::from_slice(&json).context("cannot read what cargo metadata printed")?;
        let local = match env::var_os(local::DIR_ENV) {
            Some(dir) => env::current_dir()
                .context("cannot find this folder")?
                .join(dir),
            None => root.join(local::DIR),
        };
        Ok(Self {
            root,
            target,
            local,
        })
    }

    /// Where packages and their manifest are.
    pub fn package(&self) -> PathBuf {
        self.target.join(artifact::DIR)
    }
}
