//! Compiler flags that keep this machine's folders out of the binaries.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

use crate::workspace::Workspace;
use crate::{cargo, child};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    source: Option<String>,
    manifest_path: PathBuf,
}

/// The value of `CARGO_ENCODED_RUSTFLAGS`. It replaces `RUSTFLAGS`, and those of configuration
/// files: what a person sets for their own builds must not change what is deployed.
pub fn encoded_rustflags(workspace: &Workspace) -> anyhow::Result<String> {
    let sources = source_folders(workspace)?;
    Ok(encode(&mappings(workspace, cargo_home(), &sources)))
}

/// Folders and what stands for them in the binaries. Of those that fit, the compiler takes the
/// last, so the outer ones come first.
fn mappings(
    workspace: &Workspace,
    cargo_home: Option<PathBuf>,
    sources: &[PathBuf],
) -> Vec<(PathBuf, &'static str)> {
    let mut mappings = vec![(workspace.root.clone(), "/platform")];
    mappings.extend(cargo_home.map(|home| (home, "/cargo")));
    mappings.push((workspace.target.clone(), "/target"));
    mappings.extend(sources.iter().map(|folder| (folder.clone(), "/crates")));
    mappings
}

fn encode(mappings: &[(PathBuf, &str)]) -> String {
    let flags: Vec<String> = mappings
        .iter()
        .map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()))
        .collect();
    // Cargo splits this variable at 0x1f, so folders may have blanks.
    flags.join("\u{1f}")
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// The folders that the dependencies' sources are unpacked in: one a registry, named by a hash of
/// the registry's address, which differs where a mirror is configured.
fn source_folders(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let mut command = cargo::command(
        workspace,
        &["metadata", "--locked", "--format-version", "1"],
    );
    let json = child::stdout(&mut command, "cargo metadata --locked")?;
    let metadata: Metadata =
        serde_json::from_slice(&json).context("cannot read what cargo metadata printed")?;
    Ok(folders_of(&metadata.packages))
}

fn folders_of(packages: &[Dependency]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = packages
        .iter()
        .filter(|package| package.source.is_some())
        .filter_map(|package| package.manifest_path.parent().and_then(Path::parent))
        .map(Path::to_owned)
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(source: Option<&str>, manifest: &str) -> Dependency {
        Dependency {
            source: source.map(str::to_owned),
            manifest_path: manifest.into(),
        }
    }

    #[test]
    fn each_registry_folder_is_named_once_and_our_own_crates_are_none() {
        let packages = [
            dependency(Some("registry"), "/h/registry/src/a-1/serde-1/Cargo.toml"),
            dependency(Some("registry"), "/h/registry/src/a-1/ring-0.17/Cargo.toml"),
            dependency(None, "/w/runtime/Cargo.toml"),
        ];
        assert_eq!(
            folders_of(&packages),
            [PathBuf::from("/h/registry/src/a-1")]
        );
    }

    #[test]
    fn inner_folders_come_after_outer_ones() {
        let workspace = Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            local: "/w/.local".into(),
        };
        let mappings = mappings(
            &workspace,
            Some("/w/.cargo".into()),
            &["/w/.cargo/registry/src/a".into()],
        );
        assert_eq!(
            encode(&mappings),
            "--remap-path-prefix=/w=/platform\u{1f}\
             --remap-path-prefix=/w/.cargo=/cargo\u{1f}\
             --remap-path-prefix=/w/target=/target\u{1f}\
             --remap-path-prefix=/w/.cargo/registry/src/a=/crates"
        );
    }
}
