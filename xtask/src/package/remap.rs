//! Compiler flags that keep this machine's folders out of the binaries.

use std::path::PathBuf;

use super::sources;
use crate::cargo;
use crate::workspace::Workspace;

/// The value of `CARGO_ENCODED_RUSTFLAGS`. It replaces `RUSTFLAGS`, and those of configuration
/// files: what a person sets for their own builds must not change what is deployed.
pub fn encoded_rustflags(workspace: &Workspace) -> anyhow::Result<String> {
    let sources = sources::folders(workspace)?;
    Ok(encode(&mappings(workspace, cargo::home(), &sources)))
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

#[cfg(test)]
mod tests {
    use super::*;

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
