//! A clone of a test's own, for `cargo xtask` itself: the real task, the real programs and the
//! packaged functions, and a stand-in for cargo, which "compiles" a function at once, to the
//! program that the function's source names.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use contract::{Function, artifact, local};
use serde_json::json;
use tempfile::TempDir;
use zip::ZipArchive;

use crate::engine::Engine;
use crate::program::{self, Ended};
use crate::template;
use crate::watched::Watched;

/// What stands for a mistake in a function's source.
pub const MISTAKE: &str = "no program";

/// What the compiler says of it.
pub const ERROR: &str = "error: cannot find `no program` in this scope";

/// Stands for cargo, in the clone.
const CARGO: &str = r#"#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$*" >> calls
case "$1 $2" in
"metadata --no-deps") cat metadata.json; exit ;;
metadata*) echo '{"packages":[]}'; exit ;;
esac
out=target/debug
bins=
while [ $# -gt 0 ]; do
  case "$1" in
  --target) out=target/$2/lambda ;;
  --bin) bins="$bins $2" ;;
  esac
  shift
done
mkdir -p "$out"
# One crate has all functions: a mistake in one keeps all from compiling.
[ -n "$bins" ] && for source in runtime/src/handlers/*.rs; do
  program=$(cat "$source")
  if [ ! -f "built/$program" ]; then
    echo "error: cannot find \`$program\` in this scope" >&2
    echo " --> $source:1:1" >&2
    exit 101
  fi
done
for bin in $bins; do
  source=runtime/src/handlers/$(echo "$bin" | tr - _).rs
  program=$bin
  [ -f "$source" ] && program=$(cat "$source")
  cmp -s "built/$program" "$out/$bin" || cp "built/$program" "$out/$bin"
done
"#;

/// Stands for the program that builds the knowledge index.
const INDEXER: &str = r#"#!/bin/sh
while [ $# -gt 1 ]; do
  [ "$1" = --out ] && out=$2
  shift
done
mkdir -p "$out" && cp ROOT/built/index/* "$out"
"#;

/// A clone with its own sources and target folder, on a suite's engine.
pub struct Workshop<'a> {
    engine: &'a Engine,
    stack: String,
    dir: TempDir,
}

impl<'a> Workshop<'a> {
    /// A clone in which all is compiled and packaged, as the suite's packages are.
    ///
    /// # Errors
    /// Where the programs or the packages are not built.
    pub fn open(engine: &'a Engine, stack: &str) -> Result<Self> {
        let workshop = Self {
            engine,
            stack: stack.to_owned(),
            dir: tempfile::tempdir()?,
        };
        workshop.furnish()?;
        workshop.take_packages()?;
        for function in Function::ALL {
            workshop.save(function, function.name())?;
        }
        engine.lend()?;
        Ok(workshop)
    }

    /// Writes a function's source, which is the name of the program that it compiles to.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, function: Function, source: &str) -> Result<()> {
        let file = format!("{}.rs", function.name().replace('-', "_"));
        let handlers = self.path("runtime/src/handlers");
        fs::write(handlers.join(file), source).context("cannot save a source")
    }

    /// Runs a task on the stack, to its end.
    ///
    /// # Errors
    /// Where xtask is not built.
    pub fn xtask(&self, words: &[&str]) -> Result<Ended> {
        program::ended(&mut self.command(words)?)
    }

    /// Starts a task on the stack that goes on until it is interrupted; its progress is read.
    ///
    /// # Errors
    /// Where xtask is not built.
    pub fn watch(&self, words: &[&str]) -> Result<Watched> {
        Watched::progress(&mut self.command(words)?)
    }

    /// How often cargo was called with these words first, until now.
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn calls(&self, words: &str) -> Result<usize> {
        let calls = fs::read_to_string(self.path("calls")).context("cannot read the calls")?;
        Ok(calls.lines().filter(|call| call.starts_with(words)).count())
    }

    fn command(&self, words: &[&str]) -> Result<Command> {
        let mut command = Command::new(program::binary("xtask")?);
        command
            .args(words)
            .args(["--stack-name", &self.stack])
            .current_dir(self.dir.path())
            .env("CARGO", self.path("cargo"))
            .env(local::DIR_ENV, self.engine.dir())
            .stdin(Stdio::null());
        Ok(command)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The folders, the stand-ins and the programs.
    fn furnish(&self) -> Result<()> {
        for folder in [
            "runtime/src/handlers",
            "runtime/contract/src",
            "runtime/search/src",
            "target/debug",
            "target/package",
            "built/index",
        ] {
            fs::create_dir_all(self.path(folder))?;
        }
        let root = self.dir.path();
        let metadata = json!({ "workspace_root": root, "target_directory": root.join("target") });
        fs::write(self.path("metadata.json"), metadata.to_string())?;
        write_program(&self.path("cargo"), CARGO)?;
        let indexer = INDEXER.replace("ROOT", &root.display().to_string());
        write_program(&self.path("built/index-content"), &indexer)?;
        let web = template::workspace().join("runtime/web");
        symlink(web, self.path("runtime/web"))?;
        for name in ["provision", "ops"] {
            symlink(program::binary(name)?, self.path("target/debug").join(name))?;
        }
        Ok(())
    }

    /// The suite's packages, and what is in them as what was compiled.
    fn take_packages(&self) -> Result<()> {
        let packages = PathBuf::from(program::packages()?);
        for entry in fs::read_dir(&packages)? {
            let from = entry?.path();
            if from.is_file() {
                let name = from.file_name().context("no name")?;
                fs::copy(&from, self.path("target/package").join(name))?;
            }
        }
        for function in Function::ALL {
            let zip = File::open(packages.join(artifact::file_name(function)))?;
            let mut zip = ZipArchive::new(zip).context("not a package")?;
            for index in 0..zip.len() {
                let mut entry = zip.by_index(index)?;
                let name = entry.name()?.to_string();
                let to = if name == artifact::BOOTSTRAP {
                    self.path("built").join(function.name())
                } else {
                    self.path("built").join(&name)
                };
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                fs::write(&to, bytes)?;
                fs::set_permissions(&to, fs::Permissions::from_mode(0o755))?;
            }
        }
        let index = self.path("target/package").join(artifact::INDEX_DIR);
        fs::create_dir_all(&index)?;
        for entry in fs::read_dir(self.path("built/index"))? {
            let entry = entry?;
            fs::copy(entry.path(), index.join(entry.file_name()))?;
        }
        Ok(())
    }
}

/// A deployment starts a program that serves the page.
impl Drop for Workshop<'_> {
    fn drop(&mut self) {
        self.engine.end_page(&self.stack);
    }
}

/// By a program of its own: a child of another test, started meanwhile, would keep open for a moment
/// what this process writes, and nobody can run a program that is being written.
fn write_program(path: &Path, text: &str) -> Result<()> {
    let aside = path.with_extension("aside");
    fs::write(&aside, text)?;
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o755))?;
    let copied = Command::new("cp").arg(aside).arg(path).status()?;
    ensure!(
        copied.success(),
        "cannot make the program {}",
        path.display()
    );
    Ok(())
}
