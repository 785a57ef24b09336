//! Packages: what `xtask package` writes and `provision apply` uploads.

use crate::Function;

/// Folder under the workspace's target folder with the packages and the manifest.
pub const DIR: &str = "package";

/// In that folder: JSON `{"arch","functions":{NAME:{"file","sha256","bytes"}}}`, written last.
/// `sha256` is lower-case hex of the zip.
pub const MANIFEST: &str = "manifest.json";

/// The executable inside a zip.
pub const BOOTSTRAP: &str = "bootstrap";

/// Folder inside the zips of the functions that search, with the knowledge index.
pub const INDEX_DIR: &str = "index";

/// The functions whose zip carries the knowledge index.
pub const INDEXED: &[Function] = &[Function::PersonalizationAgent, Function::Search];

/// Newest glibc symbol version that `provided.al2023` has: (2, 34).
pub const GLIBC: (u32, u32) = (2, 34);

/// Largest zip that Lambda takes, unpacked, in bytes.
pub const UNPACKED_MAX_BYTES: u64 = 250 * 1024 * 1024;

/// Largest zip that Lambda takes in a direct upload (`UpdateFunctionCode` with the bytes), packed;
/// through S3 only [`UNPACKED_MAX_BYTES`] counts.
pub const DIRECT_UPLOAD_MAX_BYTES: u64 = 50 * 1024 * 1024;

/// File name of a function's zip.
pub fn file_name(function: Function) -> String {
    format!("{}.zip", function.name())
}

/// S3 key of a function's zip.
pub fn s3_key(function: Function, sha256: &str) -> String {
    format!("functions/{}/{sha256}.zip", function.name())
}
