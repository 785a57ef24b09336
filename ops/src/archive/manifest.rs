//! What an archive says of itself. Written last and in one step: a folder without it is no backup.

use contract::{Failure, Table};
use serde::{Deserialize, Serialize};

use super::digest::{Digest, sha256};
use super::key::KeyNames;

/// Name of the file.
pub const MANIFEST: &str = "manifest.json";

/// The version of the format that this program writes and reads.
pub const FORMAT_VERSION: u32 = 1;

const FORMAT: &str = "supporter-engagement-archive";

/// The manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Always the same word.
    format: String,
    /// [`FORMAT_VERSION`].
    version: u32,
    /// Version of the program that wrote it.
    pub tool: String,
    /// The stack the tables belong to.
    pub stack: String,
    /// Where it is.
    pub region: String,
    /// When the backup began and ended, RFC 3339.
    pub started_at: String,
    /// As above.
    pub ended_at: String,
    /// Where the items come from.
    pub source: Source,
    /// What the segments are encrypted with.
    pub encryption: Option<Encryption>,
    /// Whether open sessions are in it.
    pub sessions: bool,
    /// The tables, in the order of the contract.
    pub tables: Vec<TableEntry>,
    /// SHA-256 of this very file with 64 zeros in place of these digits.
    sha256: String,
}

/// Where the items of an archive come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Source {
    /// A parallel scan: what was written while it ran may be in it or not.
    Scan {
        /// Never a point in time.
        point_in_time: bool,
    },
    /// `ExportTableToPointInTime`: all tables as of one moment.
    Pitr {
        /// Always a point in time.
        point_in_time: bool,
        /// That moment, RFC 3339.
        export_time: String,
    },
}

impl Source {
    /// The moment before which every write is in the archive.
    pub fn data_point<'a>(&'a self, started_at: &'a str) -> &'a str {
        match self {
            Self::Scan { .. } => started_at,
            Self::Pitr { export_time, .. } => export_time,
        }
    }
}

/// How segments are encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// `age`
    pub with: String,
    /// Public keys of those who can read them.
    pub recipients: Vec<String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableEntry {
    /// The table, as the contract calls it ("Users").
    pub table: String,
    /// Its name in the account.
    pub name: String,
    /// Its key: partition attribute, then sort attribute where there is one.
    pub key: Vec<KeyPart>,
    /// The attribute that items expire by, where TTL is on.
    pub ttl: Option<String>,
    /// Whether point-in-time recovery is on.
    pub pitr: bool,
    /// `KMS`, or nothing where AWS's own key is used.
    pub sse: Option<String>,
    /// Items in all segments.
    pub items: u64,
    /// Bytes of lines in all segments.
    pub bytes: u64,
    /// Of all items, whatever their order.
    pub digest: Digest,
    /// Its files.
    pub segments: Vec<SegmentEntry>,
}

/// An attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPart {
    /// Attribute name.
    pub name: String,
    /// `S` or `N`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentEntry {
    /// Path in the archive.
    pub file: String,
    /// Items in it.
    pub items: u64,
    /// Bytes of its lines.
    pub bytes: u64,
    /// Bytes of the file.
    pub stored_bytes: u64,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Of its items.
    pub digest: Digest,
}

impl TableEntry {
    /// The key of a platform's table, as a manifest says it.
    pub fn key_of(table: Table) -> Vec<KeyPart> {
        let parts = table.key();
        let part = |key: contract::tables::KeyAttribute| KeyPart {
            name: key.name.to_owned(),
            kind: key.kind.code().to_owned(),
        };
        parts.attributes().map(part).collect()
    }

    /// Takes these segments as its own: counts, bytes and digest are theirs.
    #[must_use]
    pub fn with(mut self, segments: Vec<SegmentEntry>) -> Self {
        self.items = segments.iter().map(|one| one.items).sum();
        self.bytes = segments.iter().map(|one| one.bytes).sum();
        self.digest = Digest::default();
        for one in &segments {
            self.digest.join(one.digest);
        }
        self.segments = segments;
        self
    }

    /// The platform's table that this is.
    pub fn contract(&self) -> Option<Table> {
        Table::ALL
            .into_iter()
            .find(|table| table.name() == self.table)
    }

    /// The names of its key.
    pub fn key_names(&self) -> KeyNames {
        KeyNames {
            partition: self
                .key
                .first()
                .map(|part| part.name.clone())
                .unwrap_or_default(),
            sort: self.key.get(1).map(|part| part.name.clone()),
        }
    }
}

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The last `old` in `text` becomes `new`: the file's own sum is its last member, and an empty
/// table's digest is all zeros too.
fn swap_last(text: &str, old: &str, new: &str) -> String {
    match text.rfind(old) {
        Some(at) => format!("{}{new}{}", &text[..at], &text[at + old.len()..]),
        None => text.to_owned(),
    }
}

impl Manifest {
    /// One of this version.
    pub fn new(stack: &str, region: &str, source: Source) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: FORMAT_VERSION,
            tool: concat!(env!("CARGO_PKG_VERSION"), " (", env!("OPS_COMMIT"), ")").to_owned(),
            stack: stack.to_owned(),
            region: region.to_owned(),
            started_at: String::new(),
            ended_at: String::new(),
            source,
            encryption: None,
            sessions: false,
            tables: Vec::new(),
            sha256: ZEROS.to_owned(),
        }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Never, in practice: all keys are strings.
    pub fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let blank = Self {
            sha256: ZEROS.to_owned(),
            ..self.clone()
        };
        let text = serde_json::to_string_pretty(&blank)? + "\n";
        let sum = sha256(text.as_bytes());
        Ok(swap_last(&text, ZEROS, &sum).into_bytes())
    }

    /// Reads the bytes of the file `name`.
    ///
    /// # Errors
    /// Where it is no manifest, of another version, or not as it was written.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let damaged = |what: &str| {
            Failure::new(format!("{name}: {what}"))
                .hint("the archive is damaged; take another (ops backup list), nothing was written")
        };
        let head: Head = serde_json::from_slice(bytes)
            .map_err(|error| damaged("this is no manifest of a backup").because(error))?;
        if head.format != FORMAT {
            return Err(damaged("this is no manifest of a backup"));
        }
        if head.version != FORMAT_VERSION {
            return Err(Failure::new(format!(
                "{name}: format version {}; this program reads version {FORMAT_VERSION}",
                head.version
            ))
            .hint("use the program version that wrote it (`tool` in the manifest)"));
        }
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| damaged("something is missing in it").because(error))?;
        let text = String::from_utf8_lossy(bytes);
        let blank = swap_last(&text, &manifest.sha256, ZEROS);
        if manifest.sha256 == ZEROS || sha256(blank.as_bytes()) != manifest.sha256 {
            return Err(damaged("its own SHA-256 does not fit: it was changed"));
        }
        manifest.check().map_err(|what| damaged(&what))?;
        Ok(manifest)
    }

    /// Items of all tables.
    pub fn items(&self) -> u64 {
        self.tables.iter().map(|table| table.items).sum()
    }

    /// Bytes of all files.
    pub fn stored_bytes(&self) -> u64 {
        let segments = self.tables.iter().flat_map(|table| &table.segments);
        segments.map(|segment| segment.stored_bytes).sum()
    }

    /// Tables are ours, each once, and their sums are those of their segments.
    fn check(&self) -> Result<(), String> {
        for (index, table) in self.tables.iter().enumerate() {
            let known = table.contract();
            if known.is_none()
                || self.tables[..index]
                    .iter()
                    .any(|one| one.table == table.table)
            {
                return Err(format!(
                    "table `{}` is unknown, or there twice",
                    table.table
                ));
            }
            if table.clone().with(table.segments.clone()) != *table {
                return Err(format!("the segments of {} do not add up", table.table));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let mut manifest = Manifest::new(
            "Stack",
            "us-west-2",
            Source::Scan {
                point_in_time: false,
            },
        );
        manifest.tool = "0.1.0 (test)".into();
        manifest.started_at = "2026-11-23T22:00:00Z".into();
        manifest.ended_at = "2026-11-23T22:00:01Z".into();
        let table = TableEntry {
            table: "Users".into(),
            name: "Stack-Users".into(),
            key: TableEntry::key_of(Table::Users),
            ttl: None,
            pitr: true,
            sse: Some("KMS".into()),
            items: 0,
            bytes: 0,
            digest: Digest::default(),
            segments: vec![],
        };
        let segment = SegmentEntry {
            file: "Users/0000-00001.jsonl.zst".into(),
            items: 1,
            bytes: 2,
            stored_bytes: 3,
            sha256: sha256(b"x"),
            digest: {
                let mut digest = Digest::default();
                digest.add(b"x");
                digest
            },
        };
        manifest.tables = vec![table.with(vec![segment])];
        manifest
    }

    /// Archives outlive the program: these keys never change within a version.
    #[test]
    fn the_format_is_frozen() {
        let text = String::from_utf8(manifest().to_bytes().unwrap()).unwrap();
        insta::assert_snapshot!(text);
    }

    #[test]
    fn it_reads_back_and_every_byte_counts() {
        let bytes = manifest().to_bytes().unwrap();
        let read = Manifest::parse("m", &bytes).unwrap();
        assert_eq!(read.tables, manifest().tables);
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert!(Manifest::parse("m", &flipped).is_err(), "byte {at}");
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let text = String::from_utf8(manifest().to_bytes().unwrap()).unwrap();
        let newer = text.replacen("\"version\": 1", "\"version\": 2", 1);
        let error = Manifest::parse("m", newer.as_bytes()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "m: format version 2; this program reads version 1"
        );
    }
}
