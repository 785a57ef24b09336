//! The table that `package` prints.

use std::io::{self, Write};

use anyhow::Context;

use super::folder::Package;

/// Prints name, bytes, SHA-256 and glibc version of each function.
pub fn print(package: &Package) -> anyhow::Result<()> {
    io::stdout()
        .write_all(table(package).as_bytes())
        .context("cannot print the table")
}

fn table(package: &Package) -> String {
    let mut lines = vec![format!(
        "{:<22}{:>10}  {:<64}  glibc",
        "function", "bytes", "sha256"
    )];
    for (name, zip) in &package.manifest.functions {
        let glibc = match package.glibc.get(name.as_str()) {
            Some((major, minor)) => format!("{major}.{minor}"),
            None => "-".to_owned(),
        };
        lines.push(format!(
            "{name:<22}{:>10}  {:<64}  {glibc}",
            zip.bytes, zip.sha256
        ));
    }
    lines.push(format!(
        "{} functions for {}",
        lines.len() - 1,
        package.manifest.arch
    ));
    lines.join("\n") + "\n"
}
