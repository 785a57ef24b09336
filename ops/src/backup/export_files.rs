//! What DynamoDB writes when it exports a table: two manifests with a checksum each, and gzipped
//! files with one `{"Item":{…}}` a line. As AWS documents it ("DynamoDB table export output
//! format", version 2020-06-30).
//!
//! ```text
//! PREFIX/AWSDynamoDB/ID/manifest-summary.json   manifest-summary.checksum
//!                       manifest-files.json     manifest-files.checksum
//!                       data/*.json.gz
//! ```

use std::io::Write;

use anyhow::Context;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::Failure;
use deploy_target::OrExplain;
use flate2::write::MultiGzDecoder;
use md5::{Digest as _, Md5};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::writer::PartWriter;
use crate::archive::{Bucket, SegmentEntry, Storage};
use crate::progress::Progress;

/// Longest line that is believed: an item has 400 KB at most, and some more as JSON.
const LINE_MAX: usize = 4 * 1024 * 1024;

/// A finished export of one table.
#[derive(Debug)]
pub struct Export {
    prefix: String,
    /// Items in all files.
    pub items: u64,
    /// The files.
    pub files: Vec<FileEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    version: String,
    table_arn: String,
    manifest_files_s3_key: String,
    item_count: u64,
    output_format: String,
}

/// A line of `manifest-files.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Items in the file.
    pub item_count: u64,
    /// Base64 of the MD5 of the file.
    md5_checksum: String,
    data_file_s3_key: String,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "Item", borrow)]
    item: &'a RawValue,
}

impl Export {
    /// Reads and checks both manifests of the export of the table `arn`.
    ///
    /// # Errors
    /// Where one is missing, is not what its checksum says, or speaks of something else.
    pub async fn open(
        bucket: &Storage,
        summary_key: &str,
        prefix: &str,
        arn: &str,
    ) -> anyhow::Result<Self> {
        let bytes = checked(bucket, summary_key, prefix).await?;
        let summary: Summary = serde_json::from_slice(&bytes)
            .with_context(|| format!("{summary_key} is no summary of an export"))?;
        let wrong = |what: String| Failure::new(format!("{summary_key}: {what}"));
        if summary.version != "2020-06-30" || summary.output_format != "DYNAMODB_JSON" {
            let (version, format) = (&summary.version, &summary.output_format);
            return Err(wrong(format!("version {version}, format {format}: not known")).into());
        }
        if summary.table_arn != arn {
            return Err(wrong(format!("of {}, not of {arn}", summary.table_arn)).into());
        }
        let key = &summary.manifest_files_s3_key;
        let bytes = checked(bucket, key, prefix).await?;
        let lines = bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty());
        let files: Vec<FileEntry> = lines
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()
            .with_context(|| format!("{key} is no list of exported files"))?;
        let items: u64 = files.iter().map(|file| file.item_count).sum();
        if items != summary.item_count {
            let said = summary.item_count;
            return Err(wrong(format!("{said} items, its files have {items}")).into());
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            items,
            files,
        })
    }

    /// Streams a file into `writer`; gives the segments it became.
    ///
    /// # Errors
    /// Where the file is missing, or is not what the manifest says.
    pub async fn file(
        &self,
        bucket: &Storage,
        file: &FileEntry,
        writer: &mut PartWriter<'_>,
        progress: &Progress,
    ) -> anyhow::Result<Vec<SegmentEntry>> {
        let key = &file.data_file_s3_key;
        let mut body = fetch(bucket, key, &self.prefix).await?;
        let (mut sum, mut count) = (Md5::new(), 0);
        let mut unpacked = MultiGzDecoder::new(Lines::default());
        let mut segments = Vec::new();
        let damaged = |what: String| {
            Failure::new(format!("{key}: {what}"))
                .hint("run the same command again; it is fetched again")
        };
        while let Some(chunk) = body.next().await {
            let chunk = chunk.with_context(|| format!("cannot read {key}"))?;
            sum.update(&chunk);
            // In small bites: a bite unpacks to a thousand times its size at most.
            for bite in chunk.chunks(4096) {
                unpacked
                    .write_all(bite)
                    .map_err(|error| damaged("cannot be unpacked".into()).because(error))?;
                count += unpacked.get_mut().take(writer, progress)?;
                if writer.is_full() {
                    segments.extend(writer.flush().await?);
                }
            }
        }
        unpacked
            .try_finish()
            .map_err(|error| damaged("cannot be unpacked".into()).because(error))?;
        count += unpacked.get_mut().take(writer, progress)?;
        if STANDARD.encode(sum.finalize()) != file.md5_checksum {
            return Err(damaged("its MD5 is not the manifest's".into()).into());
        }
        if count != file.item_count || !unpacked.get_ref().0.is_empty() {
            let said = file.item_count;
            return Err(damaged(format!("{count} items, the manifest says {said}")).into());
        }
        segments.extend(writer.flush().await?);
        Ok(segments)
    }
}

/// Unpacked text that is not taken yet.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Hands on all whole lines.
    fn take(&mut self, writer: &mut PartWriter<'_>, progress: &Progress) -> anyhow::Result<u64> {
        let Some(end) = self.0.iter().rposition(|&byte| byte == b'\n') else {
            anyhow::ensure!(self.0.len() <= LINE_MAX, "a line of the export has no end");
            return Ok(0);
        };
        let mut count = 0;
        let lines = self.0[..end].split(|&byte| byte == b'\n');
        for line in lines.filter(|line| !line.is_empty()) {
            let line: Line<'_> =
                serde_json::from_slice(line).context("a line of the export is no item")?;
            writer.push(line.item.get())?;
            count += 1;
        }
        self.0.drain(..=end);
        progress.advance(count);
        Ok(count)
    }
}

/// A manifest, once its checksum file (`….checksum` beside `….json`) agrees.
async fn checked(bucket: &Storage, key: &str, prefix: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = collect(bucket, key, prefix).await?;
    let checksum = format!("{}.checksum", key.strip_suffix(".json").unwrap_or(key));
    let said = collect(bucket, &checksum, prefix).await?;
    let said = String::from_utf8_lossy(&said);
    if !is_md5_of(&bytes, said.trim()) {
        let what = format!("{key} is not what {checksum} says");
        return Err(Failure::new(what)
            .hint("the export is damaged; export again")
            .into());
    }
    Ok(bytes)
}

/// AWS writes the sum in base64 or in hexadecimal.
fn is_md5_of(bytes: &[u8], said: &str) -> bool {
    use std::fmt::Write as _;
    let sum = Md5::digest(bytes);
    let hex = sum.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    said == STANDARD.encode(sum) || said.eq_ignore_ascii_case(&hex)
}

async fn collect(bucket: &Storage, key: &str, prefix: &str) -> anyhow::Result<Vec<u8>> {
    let body = fetch(bucket, key, prefix).await?;
    let bytes = body
        .collect()
        .await
        .with_context(|| format!("cannot read {key}"))?;
    Ok(bytes.to_vec())
}

/// An object; keys in manifests come with the export's prefix or without it.
async fn fetch(bucket: &Storage, key: &str, prefix: &str) -> anyhow::Result<ByteStream> {
    let Storage::Bucket(Bucket {
        client,
        target,
        bucket,
        ..
    }) = bucket
    else {
        anyhow::bail!("exports are in S3");
    };
    let key = if key.starts_with(prefix) {
        key.to_owned()
    } else {
        format!("{prefix}/{key}")
    };
    let what = format!("cannot read s3://{bucket}/{key} of the export");
    let call = client.get_object().bucket(bucket).key(&key).send().await;
    Ok(call.or_explain(target, what)?.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the AWS documentation.
    #[test]
    fn manifests_are_read_as_aws_documents_them() {
        let summary = r#"{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:us-east-1:123456789012:table/ProductCatalog/export/01234567890123-a1b2c3d4","startTime":"2020-11-04T07:28:34.028Z","endTime":"2020-11-04T07:33:43.897Z","tableArn":"arn:aws:dynamodb:us-east-1:123456789012:table/ProductCatalog","tableId":"12345a12-abcd-123a-ab12-1234abc12345","exportTime":"2020-11-04T07:28:34.028Z","s3Bucket":"ddb-productcatalog-export","s3Prefix":"2020-Nov","s3SseAlgorithm":"AES256","s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01345678901234-abc12345/manifest-files.json","billedSizeBytes":0,"itemCount":8,"outputFormat":"DYNAMODB_JSON"}"#;
        let summary: Summary = serde_json::from_str(summary).unwrap();
        assert_eq!(
            (summary.item_count, summary.version.as_str()),
            (8, "2020-06-30")
        );
        let file = r#"{"itemCount":8,"md5Checksum":"sQMSpEILNgoQmarvDFonGQ==","etag":"af83d6f217c19b8b0fff8023d8ca4716-1","dataFileS3Key":"AWSDynamoDB/01345678901234-abc12345/data/asdl123dasas.json.gz"}"#;
        let file: FileEntry = serde_json::from_str(file).unwrap();
        assert_eq!(file.md5_checksum, "sQMSpEILNgoQmarvDFonGQ==");
    }

    #[test]
    fn a_checksum_is_base64_or_hexadecimal() {
        assert!(is_md5_of(b"", "1B2M2Y8AsgTpgAmY7PhCfg=="));
        assert!(is_md5_of(b"", "d41d8cd98f00b204e9800998ecf8427e"));
        assert!(!is_md5_of(b"x", "d41d8cd98f00b204e9800998ecf8427e"));
    }
}
