//! A backup through DynamoDB's own export: every table as of one moment, written by the service to
//! S3, checked against its manifests, and turned into an archive.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types::{ExportDescription, ExportFormat, ExportStatus};
use contract::Failure;
use deploy_target::OrExplain;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::checkpoint::{self, Checkpoints, Point};
use super::export_files::{Export, FileEntry};
use super::run::{Segments, seconds};
use super::tables::{Described, describe};
use super::writer::PartWriter;
use super::{Live, Options};
use crate::archive::{Bucket, Source, Storage};
use crate::erasure::Shared;
use crate::output::note;
use crate::progress::Progress;

/// Exports take minutes: asked after this long first, then ever later.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Exported files that are read at once.
const AT_ONCE: usize = 3;

/// What was asked of the service; kept with the checkpoints, so that no export is paid for twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    /// RFC 3339.
    export_time: String,
    bucket: String,
    prefix: String,
}

/// One export of all tables.
#[derive(Debug)]
pub struct Job<'a> {
    live: &'a Live,
    options: &'a Options,
    asked: Asked,
}

impl<'a> Job<'a> {
    /// Decides moment and bucket, or finds what an earlier run decided.
    ///
    /// # Errors
    /// Where point-in-time recovery is off, or the moment is outside its window.
    pub async fn open(
        live: &'a Live,
        options: &'a Options,
        checkpoints: &Checkpoints,
        at: Option<Timestamp>,
        bucket: Option<&str>,
    ) -> anyhow::Result<Self> {
        const ASKED: &str = "export.json";
        let storage = &checkpoints.storage;
        if let Some(asked) = checkpoint::read(storage, ASKED).await? {
            return Ok(Self {
                live,
                options,
                asked,
            });
        }
        let mut tables = Vec::new();
        for &table in &options.tables {
            tables.push(describe(live, table, &live.table(table)?).await?);
        }
        let bucket = match bucket {
            Some(bucket) => bucket.to_owned(),
            None => artifact_bucket(live).await?,
        };
        let asked = Asked {
            export_time: seconds(moment(&tables, at)?),
            bucket,
            prefix: format!("exports/{}", checkpoints.name),
        };
        checkpoint::write(storage, ASKED, &asked).await?;
        Ok(Self {
            live,
            options,
            asked,
        })
    }

    /// What the manifest says of it.
    pub fn source(&self) -> Source {
        Source::Pitr {
            point_in_time: true,
            export_time: self.asked.export_time.clone(),
        }
    }

    /// Has all tables exported, and archives what comes.
    ///
    /// # Errors
    /// Where an export fails, or is not what its manifests say.
    pub async fn run(
        &self,
        tables: &[Described],
        checkpoints: &mut Checkpoints,
    ) -> anyhow::Result<Segments> {
        let (time, bucket) = (&self.asked.export_time, &self.asked.bucket);
        note(&format!(
            "exporting as of {time} to s3://{bucket}/{}",
            self.asked.prefix
        ));
        let mut arns = BTreeMap::new();
        for table in tables {
            arns.insert(table.table, self.start(table, &checkpoints.name).await?);
        }
        let mut segments = Segments::new();
        for table in tables {
            let finished = self.wait(&arns[&table.table], table).await?;
            let export = self.open_export(&finished, table).await?;
            let written = self.archive(table, &export, checkpoints).await?;
            segments.insert(table.table, written);
        }
        Ok(segments)
    }

    /// Starts an export; with the same token the service gives the one that runs already.
    async fn start(&self, table: &Described, archive: &str) -> anyhow::Result<String> {
        let time: Timestamp = self.asked.export_time.parse()?;
        let name = &table.entry.name;
        let call = self
            .live
            .clients
            .dynamodb
            .export_table_to_point_in_time()
            .table_arn(&table.arn)
            .s3_bucket(&self.asked.bucket)
            .s3_prefix(&self.asked.prefix)
            .export_time(DateTime::from_secs(time.as_second()))
            .export_format(ExportFormat::DynamodbJson)
            .client_token(format!("{archive}-{}", table.table.name()));
        let what = format!("cannot export table `{name}`");
        let answer = call.send().await.or_explain(&self.live.target, &what)?;
        let arn = answer.export_description.and_then(|one| one.export_arn);
        Ok(arn.ok_or_else(|| Failure::new(what))?)
    }

    async fn wait(&self, arn: &str, table: &Described) -> anyhow::Result<ExportDescription> {
        let progress = Progress::open("answers while the export runs");
        let mut wait = FIRST_WAIT;
        loop {
            let call = self.live.clients.dynamodb.describe_export().export_arn(arn);
            let what = format!("cannot see how the export of `{}` is", table.entry.name);
            let answer = call.send().await.or_explain(&self.live.target, &what)?;
            let export = answer
                .export_description
                .ok_or_else(|| Failure::new(what))?;
            match export.export_status() {
                Some(ExportStatus::InProgress) => {}
                Some(ExportStatus::Completed) => {
                    progress.stop();
                    return Ok(export);
                }
                _ => {
                    let why = export
                        .failure_message()
                        .unwrap_or("the service gives no reason");
                    let what = format!("the export of `{}` failed", table.entry.name);
                    return Err(Failure::new(what).because(why.to_owned()).into());
                }
            }
            progress.advance(1);
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    async fn open_export(
        &self,
        finished: &ExportDescription,
        table: &Described,
    ) -> anyhow::Result<Export> {
        let key = finished.export_manifest().unwrap_or_default();
        let bucket = self.bucket();
        let opened = Export::open(&bucket, key, &self.asked.prefix, &table.arn).await;
        opened.map_err(|error| {
            if !self.live.target.is_local() {
                return error;
            }
            Failure::new("the local platform's engine writes no exports")
                .because(error)
                .hint("back it up with --source scan")
                .into()
        })
    }

    async fn archive(
        &self,
        table: &Described,
        export: &Export,
        checkpoints: &mut Checkpoints,
    ) -> anyhow::Result<Vec<crate::archive::SegmentEntry>> {
        let progress = Progress::new("items", export.items);
        let storage = checkpoints.storage.clone();
        let mut segments = Vec::new();
        let mut left: Vec<(u32, &FileEntry)> = Vec::new();
        for (number, file) in (0..).zip(&export.files) {
            let part = checkpoints.take(table.table.name(), number);
            progress.skip(if part.done { file.item_count } else { 0 });
            if part.done {
                segments.extend(part.segments);
            } else {
                left.push((number, file));
            }
        }
        let bucket = self.bucket();
        let (bucket, storage, progress) = (&bucket, &storage, &progress);
        let jobs = stream::iter(left).map(|(number, file)| async move {
            let recipients = &self.options.recipients;
            let mut writer = PartWriter::new(storage, recipients, table, number, 0);
            let written = export.file(bucket, file, &mut writer, progress).await?;
            let point = Point {
                table: table.table.name().to_owned(),
                part: number,
                sequence: writer.sequence(),
                segments: written,
                next: None,
            };
            checkpoint::note(storage, &point).await?;
            anyhow::Ok(point.segments)
        });
        let all: Vec<_> = jobs.buffer_unordered(AT_ONCE).try_collect().await?;
        progress.finish();
        segments.extend(all.into_iter().flatten());
        Ok(segments)
    }

    /// Deletes the exported objects: they hold personal data, and are in the archive now.
    ///
    /// # Errors
    /// Where one cannot be deleted.
    pub async fn clean(&self) -> anyhow::Result<()> {
        let below = self.bucket().child(&self.asked.prefix);
        for (file, _) in below.list().await? {
            below.delete(&file).await?;
        }
        Ok(())
    }

    fn bucket(&self) -> Storage {
        Storage::Bucket(Bucket {
            client: self.live.clients.s3.clone(),
            target: self.live.target.clone(),
            bucket: self.asked.bucket.clone(),
            prefix: String::new(),
        })
    }
}

async fn artifact_bucket(live: &Live) -> anyhow::Result<String> {
    let clients = &live.clients;
    let shared = Shared::open(&clients.cloudformation, clients.s3.clone(), &live.target).await?;
    Ok(shared.bucket().to_owned())
}

/// The moment of the export: the one that was asked for, or the latest that all tables have.
fn moment(tables: &[Described], at: Option<Timestamp>) -> Result<Timestamp, Failure> {
    let off = tables.iter().find(|table| table.window.is_none());
    if let Some(table) = off {
        return Err(Failure::new(format!(
            "table `{}` has no point-in-time recovery",
            table.entry.name
        ))
        .hint("deploy the platform again, or use --source scan"));
    }
    let windows = || tables.iter().filter_map(|table| table.window);
    let from = windows().map(|window| window.0).max().unwrap_or_default();
    let until = windows().map(|window| window.1).min().unwrap_or_default();
    let chosen = at.map_or(until, Timestamp::as_second);
    let time = |at: i64| Timestamp::from_second(at).map(seconds).unwrap_or_default();
    if chosen < from || chosen > until {
        return Err(Failure::usage(format!(
            "{} is outside the window of point-in-time recovery",
            time(chosen)
        ))
        .hint(format!(
            "choose a time from {} to {}",
            time(from),
            time(until)
        )));
    }
    Timestamp::from_second(chosen)
        .map_err(|error| Failure::new("no time to export as of").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Digest, TableEntry};
    use contract::Table;

    fn table(window: Option<(i64, i64)>) -> Described {
        let entry = TableEntry {
            table: "Users".into(),
            name: "S-Users".into(),
            key: TableEntry::key_of(Table::Users),
            ttl: None,
            pitr: true,
            sse: None,
            items: 0,
            bytes: 0,
            digest: Digest::default(),
            segments: vec![],
        };
        Described {
            table: Table::Users,
            entry,
            arn: String::new(),
            id: String::new(),
            items: 0,
            reads: 1.0,
            window,
        }
    }

    #[test]
    fn all_tables_are_exported_as_of_one_moment() {
        let tables = [table(Some((100, 900))), table(Some((200, 800)))];
        assert_eq!(moment(&tables, None).unwrap().as_second(), 800);
        let at = Timestamp::from_second(300).unwrap();
        assert_eq!(moment(&tables, Some(at)).unwrap(), at);
        let early = Timestamp::from_second(150).unwrap();
        let error = moment(&tables, Some(early)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "1970-01-01T00:02:30Z is outside the window of point-in-time recovery"
        );
        assert!(moment(&[table(None)], None).is_err());
    }
}
