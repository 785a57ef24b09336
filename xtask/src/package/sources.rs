//! Where cargo has the dependencies' sources. Only cargo can say, and reading every manifest takes
//! it longer than all else of a package that is up to date; so its answer is kept, with a digest of
//! all that the answer depends on.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::manifest;
use crate::digest::sha256;
use crate::workspace::Workspace;
use crate::{cargo, child};

/// File in the package folder with the [`Known`] answer, for the next run only.
const KNOWN: &str = "sources.json";

/// An answer of cargo's.
#[derive(Serialize, Deserialize)]
struct Known {
    /// What [`question`] gave then.
    question: String,
    folders: Vec<PathBuf>,
}

/// The folders that the dependencies' sources are unpacked in: one a registry, named by a hash of
/// the registry's address, which differs where a mirror is configured.
pub fn folders(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let file = workspace.package().join(KNOWN);
    let question = question(workspace);
    if let Some(known) = manifest::read::<Known>(&file)
        && known.question == question
        && known.folders.iter().all(|folder| folder.is_dir())
    {
        return Ok(known.folders);
    }
    let folders = ask(workspace)?;
    fs::create_dir_all(workspace.package()).context("cannot make the package folder")?;
    let known = Known {
        question,
        folders: folders.clone(),
    };
    manifest::write(&file, &known)?;
    Ok(folders)
}

/// Prefixes of the variables that say where sources come from, and where they are kept.
const VARIABLES: [&str; 5] = [
    "CARGO_HOME",
    "CARGO_REGISTR",
    "CARGO_SOURCE_",
    "CARGO_NET_",
    "RUSTUP_",
];

/// A digest of what cargo's answer depends on: which packages, how cargo is configured, and which
/// cargo it is. A digest alone, since a variable may be a token.
fn question(workspace: &Workspace) -> String {
    let mut lines: Vec<String> = files(workspace)
        .into_iter()
        // One that is absent counts too, since it may come.
        .map(|name| {
            format!(
                "{} {:?}",
                name.display(),
                fs::read(&name).ok().as_deref().map(sha256)
            )
        })
        .collect();
    let mut variables: Vec<_> = env::vars_os()
        .filter(|(name, _)| cargo::has_prefix(name, &VARIABLES))
        .collect();
    variables.sort();
    lines.push(format!("{variables:?}"));
    let program = PathBuf::from(cargo::program());
    lines.push(format!("{} {:?}", program.display(), stamp(&program)));
    sha256(lines.join("\n").as_bytes())
}

/// The files that say which packages, and that configure cargo in this workspace.
fn files(workspace: &Workspace) -> Vec<PathBuf> {
    let own = ["Cargo.lock", "Cargo.toml", "rust-toolchain.toml"];
    let mut files: Vec<PathBuf> = own.iter().map(|name| workspace.root.join(name)).collect();
    let ancestors = workspace.root.ancestors();
    let homes = ancestors.map(|folder| folder.join(".cargo"));
    for home in homes.chain(cargo::home()) {
        files.push(home.join("config.toml"));
        files.push(home.join("config"));
    }
    files
}

/// Size and time of change, where the file is there under this name.
fn stamp(program: &Path) -> Option<(u64, u128)> {
    let metadata = fs::metadata(program).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((metadata.len(), modified.as_nanos()))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    source: Option<String>,
    manifest_path: PathBuf,
}

fn ask(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
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

    fn workspace(root: &Path) -> Workspace {
        Workspace {
            root: root.to_owned(),
            target: root.join("target"),
            local: root.join(".local"),
        }
    }

    fn digest(root: &Path) -> String {
        question(&workspace(root))
    }

    #[test]
    fn another_lock_file_and_another_configuration_are_other_questions() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = vec![digest(dir.path())];
        assert_eq!(digest(dir.path()), seen[0]);
        fs::create_dir(dir.path().join(".cargo")).unwrap();
        for (file, content) in [
            ("Cargo.lock", "version = 4"),
            ("Cargo.lock", "version = 5"),
            (".cargo/config.toml", "[source.crates-io]"),
            ("rust-toolchain.toml", "[toolchain]"),
        ] {
            fs::write(dir.path().join(file), content).unwrap();
            let now = digest(dir.path());
            assert!(!seen.contains(&now), "{file}: {content}");
            seen.push(now);
        }
    }

    #[test]
    fn another_cargo_is_another_question() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("cargo");
        assert_eq!(stamp(&program), None);
        fs::write(&program, "one").unwrap();
        let first = stamp(&program);
        fs::write(&program, "longer").unwrap();
        assert_ne!(stamp(&program), first);
    }

    #[test]
    fn a_kept_answer_is_taken_only_for_its_own_question_and_while_its_folders_are_there() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = workspace(dir.path());
        let sources = dir.path().join("sources");
        fs::create_dir_all(workspace.package()).unwrap();
        fs::create_dir(&sources).unwrap();
        let keep = |question: &str| {
            let known = Known {
                question: question.to_owned(),
                folders: vec![sources.clone()],
            };
            manifest::write(&workspace.package().join(KNOWN), &known).unwrap();
        };
        // There is no workspace here for cargo to answer about, so each other way is an error.
        let question = digest(dir.path());
        keep(&question);
        assert_eq!(folders(&workspace).unwrap(), std::slice::from_ref(&sources));
        keep("another");
        assert!(folders(&workspace).is_err());
        keep(&question);
        fs::remove_dir(&sources).unwrap();
        assert!(folders(&workspace).is_err());
    }
}
