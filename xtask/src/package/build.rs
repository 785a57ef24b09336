//! Compiling the functions, and the knowledge index that search carries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::bail;
use contract::{Failure, Function, artifact};

use super::elf::{self, Glibc, Unfit};
use super::remap;
use crate::engine::venv;
use crate::host::{HOST, Linker, Recipe};
use crate::steps::say;
use crate::workspace::Workspace;
use crate::{cargo, child};

/// The cargo profile of what runs in Lambda.
const PROFILE: &str = "lambda";

/// Prefixes of variables that people set for builds of their own, and that would change what is
/// deployed: of the profile, and of the C compiler.
const PERSONAL: [&str; 4] = [
    "CARGO_PROFILE_LAMBDA_",
    "CFLAGS",
    "TARGET_CFLAGS",
    "HOST_CFLAGS",
];

/// The program that builds the knowledge index.
const INDEXER: &str = "index-content";

/// A function's compiled binary.
pub struct Binary {
    /// Whose.
    pub function: Function,
    /// The executable.
    pub bytes: Vec<u8>,
    /// The newest glibc version it asks for, where it was looked at.
    pub glibc: Option<Glibc>,
}

/// What the step says it is doing.
pub fn doing(recipe: &Recipe) -> String {
    format!(
        "compiling six functions for {} (minutes the first time)",
        recipe.triple
    )
}

/// Compiles and checks the functions, and builds the knowledge index: binaries, and its folder.
///
/// `content` is the folder with what search finds, the samples where there is none.
pub fn all(
    workspace: &Workspace,
    recipe: &Recipe,
    content: Option<&Path>,
) -> anyhow::Result<(Vec<Binary>, PathBuf)> {
    let flags = remap::encoded_rustflags(workspace)?;
    // A folder of zig's from before means that the host's own toolchain was too new.
    let was_too_new = || zig_folder(workspace).join(recipe.triple).is_dir();
    if recipe.linker == Linker::Zig || (recipe.for_lambda && was_too_new()) {
        with_host(workspace, HOST, &flags, &[])?;
        let index = index(workspace, content)?;
        return Ok((with_zig(workspace, recipe, &flags)?, index));
    }
    let all = Function::ALL.map(Function::name);
    with_host(workspace, recipe.triple, &flags, &all)?;
    let (binaries, index) = thread::scope(|scope| {
        let binaries = scope.spawn(|| read(&workspace.target, recipe));
        let index = index(workspace, content);
        (binaries.join(), index)
    });
    let (index, Ok(binaries)) = (index?, binaries) else {
        bail!("the binaries could not be read");
    };
    let binaries = match binaries {
        Err((_, Unfit::Glibc(symbol))) => {
            say!("this machine's toolchain asks for {symbol}; linking with zig for Lambda's glibc");
            with_zig(workspace, recipe, &flags)?
        }
        binaries => binaries.map_err(unfit)?,
    };
    Ok((binaries, index))
}

/// Builds the knowledge index, and gives its folder.
fn index(workspace: &Workspace, content: Option<&Path>) -> Result<PathBuf, Failure> {
    let out = workspace.package().join(artifact::INDEX_DIR);
    let mut command = Command::new(workspace.target.join(HOST).join(PROFILE).join(INDEXER));
    let samples = workspace.root.join("runtime/content");
    command.arg("--content").arg(content.unwrap_or(&samples));
    command.arg("--out").arg(&out);
    child::stdout(&mut command, INDEXER)?;
    Ok(out)
}

/// Compiles a program of the search crate as it is in Lambda, and gives its path.
pub fn search_program(workspace: &Workspace, name: &str) -> anyhow::Result<PathBuf> {
    let flags = remap::encoded_rustflags(workspace)?;
    let mut command = cargo::command(workspace, &["build"]);
    arguments(&mut command, HOST, &flags, &[]).args(["--bin", name]);
    child::run(&mut command, "cargo build --profile lambda -p search")?;
    Ok(workspace.target.join(HOST).join(PROFILE).join(name))
}

/// Compiles an example of the runtime crate as the functions are, for this machine, and gives its
/// path.
pub fn runtime_example(workspace: &Workspace, name: &str) -> anyhow::Result<PathBuf> {
    let flags = remap::encoded_rustflags(workspace)?;
    let mut command = cargo::command(workspace, &["build"]);
    arguments(&mut command, HOST, &flags, &[]).args(["--example", name]);
    child::run(&mut command, "cargo build --profile lambda -p runtime")?;
    let folder = workspace.target.join(HOST).join(PROFILE);
    Ok(folder.join("examples").join(name))
}

/// `cargo build` with the host's own linker. The index builder comes along, so that what it shares
/// with the functions is compiled once.
fn with_host(
    workspace: &Workspace,
    triple: &str,
    flags: &str,
    bins: &[&str],
) -> Result<(), Failure> {
    let mut command = cargo::command(workspace, &["build"]);
    arguments(&mut command, triple, flags, bins).args(["--bin", INDEXER]);
    child::run(&mut command, "cargo build --profile lambda")
}

fn arguments<'a>(
    command: &'a mut Command,
    triple: &str,
    flags: &str,
    bins: &[&str],
) -> &'a mut Command {
    cargo::forget(command, &cargo::OF_XTASK);
    cargo::forget(command, &PERSONAL);
    command
        .args(["--locked", "--profile", PROFILE, "--target", triple])
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .env("CARGO_INCREMENTAL", "0");
    // Both crates, whichever programs are wanted: cargo compiles dependencies with the features
    // that the crates named together need, and anew where they differ.
    command.args(["-p", "runtime", "-p", "search"]);
    bins.iter()
        .fold(command, |command, bin| command.args(["--bin", bin]))
}

/// `cargo zigbuild`, in a target folder of its own: cargo does not link again for another linker.
fn with_zig(workspace: &Workspace, recipe: &Recipe, flags: &str) -> anyhow::Result<Vec<Binary>> {
    require_std(workspace, recipe.triple)?;
    let python = venv::ZIG.install(&workspace.local)?;
    let (major, minor) = artifact::GLIBC;
    let target = format!("{}.{major}.{minor}", recipe.triple);
    let folder = zig_folder(workspace);
    let mut command = Command::new(python.with_file_name("cargo-zigbuild"));
    command
        .arg("zigbuild")
        .current_dir(&workspace.root)
        .env("CARGO_TARGET_DIR", &folder)
        .env("CARGO_ZIGBUILD_PYTHON_PATH", &python)
        .env("CARGO_ZIGBUILD_CACHE_DIR", workspace.local.join("zigbuild"))
        .env("ZIG_GLOBAL_CACHE_DIR", workspace.local.join("zig-cache"));
    arguments(
        &mut command,
        &target,
        flags,
        &Function::ALL.map(Function::name),
    );
    child::run(
        &mut command,
        &format!("cargo zigbuild --profile lambda --target {target}"),
    )?;
    read(&folder, recipe).map_err(unfit)
}

fn zig_folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("zig")
}

/// Another architecture needs that target's standard library.
fn require_std(workspace: &Workspace, triple: &str) -> anyhow::Result<()> {
    let mut command = Command::new("rustc");
    command
        .args(["--print", "target-libdir", "--target", triple])
        .current_dir(&workspace.root);
    let printed = child::stdout(&mut command, "rustc --print target-libdir")?;
    if Path::new(String::from_utf8_lossy(&printed).trim()).is_dir() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "this toolchain has no standard library for {triple}"
    ))
    .hint(format!("rustup target add {triple}"))
    .into())
}

type Checked<T> = Result<T, (Function, Unfit)>;

fn read(target: &Path, recipe: &Recipe) -> Checked<Vec<Binary>> {
    let folder = target.join(recipe.triple).join(PROFILE);
    Function::ALL
        .into_iter()
        .map(|function| read_one(&folder, function, recipe).map_err(|unfit| (function, unfit)))
        .collect()
}

fn read_one(folder: &Path, function: Function, recipe: &Recipe) -> Result<Binary, Unfit> {
    let bytes = fs::read(folder.join(function.name()))
        .map_err(|error| Unfit::Unreadable(error.to_string()))?;
    let glibc = if recipe.for_lambda {
        elf::check(&bytes, recipe.arch)?
    } else {
        None
    };
    Ok(Binary {
        function,
        bytes,
        glibc,
    })
}

fn unfit((function, unfit): (Function, Unfit)) -> anyhow::Error {
    Failure::new(format!(
        "the binary of {} does not run on Lambda",
        function.name()
    ))
    .because(unfit)
    .into()
}
