//! What is in the package folder, and what it was made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use contract::artifact;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files;

/// [`artifact::MANIFEST`]: `provision apply` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `x86_64` or `arm64`.
    pub arch: String,
    /// By function name.
    pub functions: BTreeMap<String, Zip>,
}

/// A zip in the folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zip {
    /// File name in the folder.
    pub file: String,
    /// Lower-case hex.
    pub sha256: String,
    /// Size, packed.
    pub bytes: u64,
}

/// What each zip was made of, by function name, and what came out (two SHA-256).
pub type Origins = BTreeMap<String, Origin>;

/// From which content which zip was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Digest of the entries.
    pub content: String,
    /// Digest of the zip.
    pub zip: String,
}

/// File with the [`Origins`], for the next run only.
pub const ORIGINS: &str = "origins.json";

/// Reads a JSON file of ours; `None` where it is absent or not readable as such.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes a JSON file of ours.
pub fn write<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let mut json = serde_json::to_vec_pretty(value).context("cannot write JSON")?;
    json.push(b'\n');
    files::write_whole(path, &json)
}

impl Manifest {
    /// The manifest in `folder`, if a whole package is there.
    pub fn read(folder: &Path) -> Option<Self> {
        read(&folder.join(artifact::MANIFEST))
    }
}
