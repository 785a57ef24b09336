//! Tools that come as Python packages, each set pinned and in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use contract::Failure;

use super::folder::Folder;
use super::python;
use crate::digest::sha256;
use crate::steps::say;
use crate::{child, files};

/// A set of tools.
pub struct Venv {
    name: &'static str,
    /// What people read while it is installed.
    what: &'static str,
    requirements: &'static str,
}

/// The local engine.
pub const ENGINE: Venv = Venv {
    name: "engine",
    what: "the local engine (half a minute)",
    requirements: include_str!("../../requirements/engine.txt"),
};

/// The template linter.
pub const LINT: Venv = Venv {
    name: "lint",
    what: "the template linter (half a minute)",
    requirements: include_str!("../../requirements/lint.txt"),
};

/// What checks the contract documents: a fuzzer, and a validator of documents.
pub const CONTRACT: Venv = Venv {
    name: "contract",
    what: "the contract fuzzer (half a minute, 110 MB)",
    requirements: include_str!("../../requirements/contract.txt"),
};

/// What `bench data` compares with.
pub const BOTO3: Venv = Venv {
    name: "boto3",
    what: "boto3 (half a minute)",
    requirements: include_str!("../../requirements/boto3.txt"),
};

/// The cross-compiling linker.
pub const ZIG: Venv = Venv {
    name: "zig",
    what: "the cross-compiling linker (a minute, 300 MB)",
    requirements: include_str!("../../requirements/zig.txt"),
};

/// In a finished environment: what it was made from.
const MARKER: &str = "requirements.sha256";

impl Venv {
    /// Whether it is there, whole, and made from today's requirements.
    pub fn is_ready(&self, local: &Path) -> bool {
        let marker = fs::read_to_string(self.dir(local).join(MARKER));
        marker.is_ok_and(|text| text == self.digest()) && self.python(local).exists()
    }

    /// Installs it where it is not there, and gives its Python.
    ///
    /// # Errors
    /// Without a fitting Python, and where pip fails: with pip's last line.
    pub fn install(&self, local: &Path) -> anyhow::Result<PathBuf> {
        let _lock = Folder::new(local).lock()?;
        if self.is_ready(local) {
            return Ok(self.python(local));
        }
        let base = python::find()?;
        let dir = self.dir(local);
        say!("installing {} into {}", self.what, dir.display());
        files::remove(&dir)?;
        let mut command = Command::new(base);
        command.args(["-m", "venv"]).arg(&dir);
        child::quiet(&mut command, &format!("{base} -m venv")).map_err(no_venv)?;
        self.pip(local)?;
        files::write_whole(&dir.join(MARKER), self.digest().as_bytes())?;
        Ok(self.python(local))
    }

    fn pip(&self, local: &Path) -> anyhow::Result<()> {
        let list = self.dir(local).join("requirements.txt");
        files::write_whole(&list, self.requirements.as_bytes())?;
        let mut command = Command::new(self.python(local));
        command.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        command.args(["--no-input", "--requirement"]).arg(&list);
        Ok(child::quiet(&mut command, "pip install").map_err(no_packages)?)
    }

    fn dir(&self, local: &Path) -> PathBuf {
        local.join(format!("venv-{}", self.name))
    }

    fn python(&self, local: &Path) -> PathBuf {
        self.dir(local).join("bin/python")
    }

    fn digest(&self) -> String {
        sha256(self.requirements.as_bytes())
    }
}

fn no_venv(failure: Failure) -> Failure {
    failure.hint(
        "Python's venv module does not work here (Debian, Ubuntu: apt-get install python3-venv); \
         then run the same command again",
    )
}

fn no_packages(failure: Failure) -> Failure {
    failure.hint(
        "the Python package index has to be reachable, directly or as pip's own configuration \
         says; then run the same command again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned(requirements: &str) -> bool {
        let is_package = |line: &&str| !line.starts_with('#') && !line.is_empty();
        requirements
            .lines()
            .filter(is_package)
            .all(|line| line.contains("=="))
    }

    #[test]
    fn every_package_has_its_exact_version() {
        for venv in [ENGINE, LINT, CONTRACT, BOTO3, ZIG] {
            assert!(pinned(venv.requirements), "{}", venv.name);
        }
    }

    #[test]
    fn only_a_finished_environment_of_todays_requirements_is_ready() {
        let dir = tempfile::tempdir().unwrap();
        let bin = ENGINE.dir(dir.path()).join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("python"), "").unwrap();
        assert!(!ENGINE.is_ready(dir.path()), "no marker");
        let marker = ENGINE.dir(dir.path()).join(MARKER);
        fs::write(&marker, "of other requirements").unwrap();
        assert!(!ENGINE.is_ready(dir.path()), "another marker");
        fs::write(&marker, ENGINE.digest()).unwrap();
        assert!(ENGINE.is_ready(dir.path()));
        fs::remove_file(bin.join("python")).unwrap();
        assert!(!ENGINE.is_ready(dir.path()), "its Python was uninstalled");
    }
}
