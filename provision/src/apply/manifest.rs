//! The package manifest: which zip is which function's code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use contract::{Failure, Function, artifact};
use serde::Deserialize;

const MAKE: &str = "make the packages: cargo xtask package";

/// What `cargo xtask package` wrote.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// `x86_64` or `arm64`.
    pub arch: String,
    /// Every function's package.
    pub packages: BTreeMap<Function, Package>,
}

/// One function's package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The zip.
    pub path: PathBuf,
    /// SHA-256 of the zip, lower-case hex.
    pub sha256: String,
}

impl Package {
    /// Its key in the artifact bucket.
    pub fn s3_key(&self, function: Function) -> String {
        artifact::s3_key(function, &self.sha256)
    }
}

#[derive(Deserialize)]
struct Document {
    arch: String,
    functions: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    sha256: String,
}

impl Manifest {
    /// Reads the manifest in `dir`.
    ///
    /// # Errors
    /// Where it is missing or damaged, or names no package for a function.
    pub fn read(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(artifact::MANIFEST);
        let text = fs::read_to_string(&path).map_err(|error| {
            Failure::new(format!("there are no packages in {}", dir.display()))
                .because(format!("cannot read {}: {error}", path.display()))
                .hint(format!("{MAKE}; or name their folder with --package"))
        })?;
        Self::parse(dir, &text).map_err(|problem| {
            Failure::new(format!("{} is damaged", path.display()))
                .because(problem)
                .hint(MAKE)
        })
    }

    fn parse(dir: &Path, text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if !matches!(document.arch.as_str(), "x86_64" | "arm64") {
            return Err(format!(
                "`{}` is no architecture of Lambda's",
                document.arch
            ));
        }
        let packages = Function::ALL
            .into_iter()
            .map(|function| {
                let name = function.name();
                let entry = document
                    .functions
                    .get(name)
                    .ok_or(format!("{name} is missing"))?;
                if !is_sha256(&entry.sha256) {
                    return Err(format!("{name} has no SHA-256"));
                }
                let path = dir.join(&entry.file);
                Ok((
                    function,
                    Package {
                        path,
                        sha256: entry.sha256.clone(),
                    },
                ))
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            arch: document.arch,
            packages,
        })
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A manifest whose packages all have the hash `1111…`.
    pub(crate) fn manifest() -> Manifest {
        Manifest::parse(Path::new("p"), &document("x86_64", &Function::ALL)).unwrap()
    }

    fn document(arch: &str, functions: &[Function]) -> String {
        let entries: BTreeMap<&str, serde_json::Value> = functions
            .iter()
            .map(|function| {
                let file = artifact::file_name(*function);
                let sha256 = "1".repeat(64);
                (
                    function.name(),
                    serde_json::json!({"file": file, "sha256": sha256, "bytes": 9}),
                )
            })
            .collect();
        serde_json::json!({"arch": arch, "functions": entries}).to_string()
    }

    #[test]
    fn a_manifest_gives_each_function_its_zip() {
        let package = &manifest().packages[&Function::Search];
        assert_eq!(package.path, Path::new("p").join("search.zip"));
        assert_eq!(
            package.s3_key(Function::Search),
            format!("functions/search/{}.zip", "1".repeat(64))
        );
    }

    #[test]
    fn a_manifest_without_a_function_or_with_another_architecture_is_damaged() {
        let parse = |text: &str| Manifest::parse(Path::new("p"), text).unwrap_err();
        assert_eq!(
            parse(&document("x86_64", &Function::ALL[1..])),
            "get-profile is missing"
        );
        assert_eq!(
            parse(&document("riscv", &Function::ALL)),
            "`riscv` is no architecture of Lambda's"
        );
        assert!(parse("{").contains("EOF"));
    }
}
