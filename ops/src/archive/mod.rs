//! Archives: a folder (or S3 prefix) with the items of tables as canonical DynamoDB JSON.
//!
//! ```text
//! PLACE/STACK-20261123T221325Z/manifest.json            written last: without it, no backup
//!                              Users/0000-00001.jsonl.zst   one item a line, sorted by key
//!                              checkpoints/…            only while a backup is under way
//! ```
//!
//! Nothing here calls DynamoDB; what is here reads and writes archives, and can tell whether one
//! is whole.

mod bucket;
mod canonical;
mod cipher;
mod digest;
mod folder;
mod hold;
mod key;
mod manifest;
mod place;
mod reader;
mod segment;
mod storage;

pub use bucket::Bucket;
pub use canonical::{Malformed, canonical};
pub use cipher::{Identities, Recipients, generate};
pub use digest::Digest;
pub use hold::Hold;
pub use key::{KeyNames, attribute, text_of};
pub use manifest::{
    Encryption, FORMAT_VERSION, KeyPart, MANIFEST, Manifest, SegmentEntry, Source, TableEntry,
};
pub use place::{CHECKPOINTS, Listed, Place, State, archive_name};
pub use reader::{Archive, Lines};
pub use segment::{Builder, SEGMENT_BYTES, open};
pub use storage::Storage;
