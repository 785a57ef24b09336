//! Building functions quickly, and handing them to the running platform.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use contract::{Failure, Function, artifact};

use crate::package::{Entry, index_entries, zip_quickly};
use crate::siblings::{self, PROVISION};
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{cargo, child, files};

/// How functions get from sources to the platform.
pub(super) struct Rebuild<'a> {
    workspace: &'a Workspace,
    target: &'a Target,
    /// Where quick zips go.
    folder: PathBuf,
    /// What the functions that search carry besides: as it was packaged last.
    index: Vec<Entry>,
}

impl<'a> Rebuild<'a> {
    /// With the index of the last package.
    pub(super) fn new(workspace: &'a Workspace, target: &'a Target) -> anyhow::Result<Self> {
        let index = workspace.package().join(artifact::INDEX_DIR);
        if !index.is_dir() {
            let up = target.local_task("cargo xtask up");
            return Err(Failure::new("nothing was packaged yet")
                .hint(format!("start the platform first: {up}"))
                .into());
        }
        let folder = workspace.target.join("watch");
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Self {
            workspace,
            target,
            folder,
            index: index_entries(&index)?,
        })
    }

    /// Compiles the functions without optimisation.
    pub(super) fn build(&self, functions: &BTreeSet<Function>) -> anyhow::Result<()> {
        let args = ["build", "--locked", "--quiet", "-p", "runtime"];
        let mut command = cargo::command(self.workspace, &args);
        for function in functions {
            command.args(["--bin", function.name()]);
        }
        Ok(child::run(&mut command, "cargo build -p runtime")?)
    }

    /// Builds the functions, and lets the platform run them.
    pub(super) fn run(&self, functions: &BTreeSet<Function>) -> anyhow::Result<()> {
        self.build(functions)?;
        let mut command = self.target.command(&["hotswap"]);
        for &function in functions {
            let zip = self.zip(function)?;
            let code = format!("{}={}", function.name(), zip.display());
            command.extend(["--code".to_owned(), code]);
        }
        Ok(siblings::run(self.workspace, PROVISION, &command)?)
    }

    fn zip(&self, function: Function) -> anyhow::Result<PathBuf> {
        let binary = self.workspace.target.join("debug").join(function.name());
        let bytes =
            fs::read(&binary).with_context(|| format!("cannot read {}", binary.display()))?;
        let name = artifact::BOOTSTRAP.to_owned();
        let mut entries = vec![Entry {
            name,
            mode: 0o755,
            bytes,
        }];
        if artifact::INDEXED.contains(&function) {
            entries.extend_from_slice(&self.index);
        }
        let path = self.folder.join(artifact::file_name(function));
        files::write_whole(&path, &zip_quickly(&entries)?)?;
        Ok(path)
    }
}
