//! A segment: items of one table, one canonical item a line, sorted by key, zstd, encrypted or not.
//! Small enough to be held in memory whole, several at once.

use std::io::{Read, Write};
use std::ops::Range;

use contract::Failure;

use super::canonical::{Malformed, canonical};
use super::cipher::{Identities, Recipients};
use super::digest::{Digest, sha256};
use super::key::KeyNames;
use super::manifest::SegmentEntry;

/// Bytes of lines at which a segment is full: what bounds the memory of backup and restore.
pub const SEGMENT_BYTES: usize = 1024 * 1024;

/// Largest segment that is read: a full one, and the page (1 MB of items, more as JSON) that
/// filled it.
const READ_MAX: u64 = 32 * 1024 * 1024;

/// zstd's own default: stronger levels take several times as long for a tenth.
const LEVEL: i32 = 3;

/// How far back zstd looks, as a power of two: half a segment, for a quarter of the buffer that the
/// level takes by itself.
const WINDOW: u32 = 19;

/// A segment that is being filled.
#[derive(Debug)]
pub struct Builder {
    key: KeyNames,
    /// Lines in the order they came, each with its line feed.
    text: Vec<u8>,
    lines: Vec<Line>,
}

/// Where a line and its key's values are in the text: start and end.
#[derive(Clone, Copy, Debug)]
struct Line {
    whole: (usize, usize),
    partition: (usize, usize),
    sort: (usize, usize),
}

impl Builder {
    /// An empty one, of items with this key.
    pub fn new(key: KeyNames) -> Self {
        Self {
            key,
            text: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Adds an item in any spelling.
    ///
    /// # Errors
    /// Where it is no DynamoDB JSON, or lacks its key.
    pub fn push(&mut self, item: &str) -> Result<(), Malformed> {
        let start = self.text.len();
        canonical(item, &mut self.text)?;
        let line = &self.text[start..];
        let Some((partition, sort)) = self.key.ranges(line) else {
            return Err(Malformed {
                at: 0,
                wanted: "the table's key",
            });
        };
        let place = |part: Range<usize>| (start + part.start, start + part.end);
        let (partition, sort) = (place(partition), place(sort));
        self.text.push(b'\n');
        self.lines.push(Line {
            whole: (start, self.text.len()),
            partition,
            sort,
        });
        Ok(())
    }

    /// Items in it.
    pub fn items(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Whether it should be sealed.
    pub fn is_full(&self) -> bool {
        self.text.len() >= SEGMENT_BYTES
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The bytes of the file called `file`, and what the manifest says of it.
    ///
    /// # Errors
    /// Where it cannot be compressed or encrypted.
    pub fn seal(
        mut self,
        file: String,
        recipients: &Recipients,
    ) -> anyhow::Result<(Vec<u8>, SegmentEntry)> {
        let part = |(from, to): (usize, usize)| &self.text[from..to];
        self.lines.sort_unstable_by(|one, other| {
            let order = part(one.partition).cmp(part(other.partition));
            order.then_with(|| part(one.sort).cmp(part(other.sort)))
        });
        let mut digest = Digest::default();
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?;
        encoder.window_log(WINDOW)?;
        for line in &self.lines {
            let line = part(line.whole);
            digest.add(&line[..line.len() - 1]);
            encoder.write_all(line)?;
        }
        let packed = encoder.finish()?;
        let (items, bytes) = (self.lines.len() as u64, self.text.len() as u64);
        drop(self);
        let stored = recipients.seal(packed)?;
        let entry = SegmentEntry {
            file,
            items,
            bytes,
            stored_bytes: stored.len() as u64,
            sha256: sha256(&stored),
            digest,
        };
        Ok((stored, entry))
    }
}

/// The lines of a stored segment, once all that the manifest says of it holds.
///
/// # Errors
/// Names the file and what does not fit. Nothing of a damaged segment is given.
pub fn open(
    stored: &[u8],
    entry: &SegmentEntry,
    key: &KeyNames,
    identities: Option<&Identities>,
) -> Result<Vec<u8>, Failure> {
    let damaged = |what: String| {
        Failure::new(format!("{}: {what}", entry.file))
            .hint("the archive is damaged; take another (ops backup list), nothing was written")
    };
    if stored.len() as u64 != entry.stored_bytes {
        return Err(damaged(format!(
            "{} bytes, the manifest says {}",
            stored.len(),
            entry.stored_bytes
        )));
    }
    if sha256(stored) != entry.sha256 {
        return Err(damaged("its SHA-256 is not the manifest's".to_owned()));
    }
    if entry.bytes > READ_MAX {
        return Err(damaged(format!("larger than {READ_MAX} bytes")));
    }
    let plain = match identities {
        None => None,
        Some(identities) => Some(identities.open(stored, stored.len()).map_err(|error| {
            Failure::new(format!("cannot decrypt {}", entry.file))
                .because(error)
                .hint("pass the --identity whose recipient the archive was encrypted to")
        })?),
    };
    let text = unpack(plain.as_deref().unwrap_or(stored), entry.bytes)
        .map_err(|error| damaged(format!("cannot be unpacked: {error}")))?;
    check(&text, entry, key).map_err(damaged)?;
    Ok(text)
}

fn unpack(packed: &[u8], bytes: u64) -> std::io::Result<Vec<u8>> {
    let capacity = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut text = Vec::with_capacity(capacity);
    // One byte more than it should have, so that more is noticed and no bomb goes off.
    let mut reader = zstd::stream::read::Decoder::with_buffer(packed)?.take(bytes + 1);
    reader.read_to_end(&mut text)?;
    Ok(text)
}

fn check(text: &[u8], entry: &SegmentEntry, key: &KeyNames) -> Result<(), String> {
    if text.len() as u64 != entry.bytes {
        return Err(format!(
            "unpacks to {} bytes, not {}",
            text.len(),
            entry.bytes
        ));
    }
    let mut digest = Digest::default();
    let mut items = 0;
    let mut before = None;
    for line in lines(text) {
        let Some(values) = key.values(line) else {
            return Err("an item lacks its key".to_owned());
        };
        if before.is_some_and(|before| before >= values) {
            return Err("two items are out of order, or the same".to_owned());
        }
        before = Some(values);
        digest.add(line);
        items += 1;
    }
    if items != entry.items {
        return Err(format!("{items} items, the manifest says {}", entry.items));
    }
    if digest != entry.digest {
        return Err("its items' digest is not the manifest's".to_owned());
    }
    Ok(())
}

/// The items of a segment's text.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use contract::Table;

    use super::*;

    fn sealed(items: &[&str]) -> (Vec<u8>, SegmentEntry) {
        let mut builder = Builder::new(KeyNames::of(Table::Context));
        for item in items {
            builder.push(item).unwrap();
        }
        builder.seal("f".into(), &Recipients::default()).unwrap()
    }

    fn reopened(stored: &[u8], entry: &SegmentEntry) -> Result<String, String> {
        let text = open(stored, entry, &KeyNames::of(Table::Context), None);
        text.map(|text| String::from_utf8(text).unwrap())
            .map_err(|error| error.to_string())
    }

    const TWO: [&str; 2] = [
        r#"{"version":{"N":"2"},"userId":{"S":"a"}}"#,
        r#"{"userId":{"S":"a"},"version":{"N":"1"}}"#,
    ];

    #[test]
    fn lines_are_sorted_by_key_and_canonical() {
        let (stored, entry) = sealed(&TWO);
        assert_eq!(
            reopened(&stored, &entry).unwrap(),
            "{\"userId\":{\"S\":\"a\"},\"version\":{\"N\":\"1\"}}\n{\"userId\":{\"S\":\"a\"},\"version\":{\"N\":\"2\"}}\n"
        );
        assert_eq!(
            (stored, entry),
            sealed(&[TWO[1], TWO[0]]),
            "whatever the order they came in"
        );
    }

    #[test]
    fn every_byte_counts() {
        let (stored, entry) = sealed(&TWO);
        for at in 0..stored.len() {
            let mut flipped = stored.clone();
            flipped[at] ^= 1;
            assert!(reopened(&flipped, &entry).is_err(), "byte {at}");
        }
        assert_eq!(
            reopened(&stored[..stored.len() - 1], &entry).unwrap_err(),
            format!(
                "f: {} bytes, the manifest says {}",
                stored.len() - 1,
                stored.len()
            )
        );
    }

    #[test]
    fn what_a_manifest_says_of_the_items_is_checked_too() {
        let (stored, entry) = sealed(&TWO);
        let other = SegmentEntry {
            items: 3,
            ..entry.clone()
        };
        assert!(reopened(&stored, &other).unwrap_err().contains("2 items"));
        let other = SegmentEntry {
            digest: Digest::default(),
            ..entry.clone()
        };
        assert!(reopened(&stored, &other).unwrap_err().contains("digest"));
        let other = SegmentEntry {
            bytes: entry.bytes - 1,
            ..entry
        };
        assert!(reopened(&stored, &other).unwrap_err().contains("unpacks"));
    }

    #[test]
    fn an_item_without_its_key_is_refused() {
        let mut builder = Builder::new(KeyNames::of(Table::Context));
        assert!(builder.push(r#"{"userId":{"S":"a"}}"#).is_err());
    }
}
