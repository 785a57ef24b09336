//! Zips that are the same to the byte for the same content.

use std::io::{Cursor, Write};

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::digest::sha256;

/// A file in a zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path in the zip, with `/`.
    pub name: String,
    /// Unix permissions.
    pub mode: u32,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Changes when the way zips are written does, so that none is taken for an older one.
const FORMAT: &str = "deflate 9, 1980-01-01";

/// Zips `entries`, sorted by name, without anything of this machine or moment.
pub fn zip(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    packed(entries, 9)
}

/// The same content, packed in a fraction of the time, for what is not kept.
pub fn zip_quickly(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    packed(entries, 1)
}

fn packed(entries: &[Entry], level: i64) -> anyhow::Result<Vec<u8>> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in sorted {
        let options = SimpleFileOptions::DEFAULT
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(level))
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(entry.mode);
        let add = writer.start_file(&*entry.name, options);
        add.with_context(|| format!("cannot add {} to the zip", entry.name))?;
        writer.write_all(&entry.bytes).context("cannot compress")?;
    }
    Ok(writer
        .finish()
        .context("cannot finish the zip")?
        .into_inner())
}

/// Bytes of all entries, unpacked.
pub fn unpacked_bytes(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| entry.bytes.len() as u64).sum()
}

/// SHA-256 of what `zip` would be made of.
pub fn digest(entries: &[Entry]) -> String {
    let mut lines: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} {:o} {}", entry.name, entry.mode, sha256(&entry.bytes)))
        .collect();
    lines.sort();
    lines.push(FORMAT.to_owned());
    sha256(lines.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    fn entry(name: &str, mode: u32, bytes: &[u8]) -> Entry {
        Entry {
            name: name.into(),
            mode,
            bytes: bytes.into(),
        }
    }

    fn entries() -> Vec<Entry> {
        vec![
            entry("index/b", 0o644, b"bb"),
            entry("bootstrap", 0o755, &[7; 5000]),
        ]
    }

    #[test]
    fn order_of_entries_does_not_matter() {
        let mut reversed = entries();
        reversed.reverse();
        assert_eq!(zip(&entries()).unwrap(), zip(&reversed).unwrap());
        assert_eq!(digest(&entries()), digest(&reversed));
    }

    #[test]
    fn the_digest_sees_name_mode_and_content() {
        let base = digest(&[entry("a", 0o644, b"x")]);
        for other in [
            entry("b", 0o644, b"x"),
            entry("a", 0o755, b"x"),
            entry("a", 0o644, b"y"),
        ] {
            assert_ne!(digest(&[other]), base);
        }
    }

    #[test]
    fn names_modes_times_and_contents_come_back() {
        let mut archive = ZipArchive::new(Cursor::new(zip(&entries()).unwrap())).unwrap();
        let names: Vec<_> = archive.file_names().map(Result::unwrap).collect();
        assert_eq!(names, ["bootstrap", "index/b"]);
        let mut bootstrap = archive.by_name("bootstrap").unwrap();
        assert_eq!(bootstrap.unix_mode(), Some(0o100_755));
        assert_eq!(bootstrap.last_modified(), Some(DateTime::DEFAULT));
        let mut bytes = Vec::new();
        bootstrap.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, [7; 5000]);
    }

    #[test]
    fn the_bytes_do_not_change_unnoticed() {
        // A change here is a new package for everyone: update it only on purpose.
        assert_eq!(
            sha256(&zip(&entries()).unwrap()),
            "17927f8131f892b063f5a98a78a30644226290274a3d815186f7919d219e722f"
        );
    }
}
