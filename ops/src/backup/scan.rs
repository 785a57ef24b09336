//! Reading a table by a parallel scan: strongly consistent, so that every write from before it began
//! is seen; still no point in time, since writes go on while it runs.

use anyhow::Context as _;
use bytes::Bytes;
use deploy_target::{Target, explain};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::checkpoint::{Part, Point, note};
use super::tables::Described;
use super::writer::PartWriter;
use super::{Live, Options};
use crate::archive::{SegmentEntry, Storage};
use crate::progress::Progress;
use crate::wire::{Pace, Patience};

/// Parts that a table is scanned in.
pub const PARTS: u32 = 4;

/// Bytes that one strongly consistent read unit covers.
const READ_UNIT: f64 = 4096.0;

/// One answer to a Scan; items as the service spells them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Page<'a> {
    /// The items.
    #[serde(borrow, default)]
    pub items: Vec<&'a RawValue>,
    /// Where the next page begins.
    pub last_evaluated_key: Option<Box<RawValue>>,
    consumed_capacity: Option<Consumed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Consumed {
    capacity_units: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request<'a> {
    table_name: &'a str,
    consistent_read: bool,
    return_consumed_capacity: &'static str,
    segment: u32,
    total_segments: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusive_start_key: Option<&'a RawValue>,
}

/// A table that is being scanned.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The platform.
    pub live: &'a Live,
    /// The table's name.
    pub name: &'a str,
    /// How fast.
    pub pace: &'a Pace,
}

impl Scan<'_> {
    /// Reads a part page by page from `next` on. `page` gets the items of each and where the next
    /// begins.
    ///
    /// # Errors
    /// The service's, or `page`'s.
    pub async fn part(
        &self,
        part: u32,
        mut next: Option<Box<RawValue>>,
        mut page: impl AsyncFnMut(&[&RawValue], Option<&RawValue>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        loop {
            let request = Request {
                table_name: self.name,
                consistent_read: true,
                return_consumed_capacity: "TOTAL",
                segment: part,
                total_segments: PARTS,
                exclusive_start_key: next.as_deref(),
            };
            let body = Bytes::from(serde_json::to_vec(&request)?);
            let answer = self.ask(&body).await?;
            let read: Page<'_> = serde_json::from_slice(&answer)
                .with_context(|| format!("cannot understand what `{}` answers", self.name))?;
            self.pace.spend(cost(&read, answer.len()));
            page(&read.items, read.last_evaluated_key.as_deref()).await?;
            next = read.last_evaluated_key;
            if next.is_none() {
                return Ok(());
            }
        }
    }

    async fn ask(&self, body: &Bytes) -> anyhow::Result<Bytes> {
        let wire = &self.live.wire;
        let answer = wire
            .insist("Scan", body, self.pace, Patience::default())
            .await;
        answer.map_err(|error| cannot_read(&self.live.target, self.name, &error).into())
    }
}

fn cannot_read(target: &Target, name: &str, error: &crate::wire::WireError) -> contract::Failure {
    explain(target, format!("cannot read table `{name}`"), error)
}

fn cost(page: &Page<'_>, bytes: usize) -> f64 {
    let units = page
        .consumed_capacity
        .as_ref()
        .map(|one| one.capacity_units);
    let guess = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / READ_UNIT;
    units.unwrap_or(guess)
}

/// Reads all of a table, as fast as it gives: `each` gets every item.
///
/// # Errors
/// The service's, or `each`'s.
pub async fn read_table(
    live: &Live,
    name: &str,
    each: impl Fn(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let pace = Pace::adaptive();
    let scan = Scan {
        live,
        name,
        pace: &pace,
    };
    let parts = (0..PARTS).map(|part| {
        scan.part(part, None, async |items, _| {
            items.iter().try_for_each(|item| each(item.get()))
        })
    });
    futures::future::try_join_all(parts).await?;
    Ok(())
}

/// What one part of a table's backup needs.
#[derive(Debug)]
pub struct Job<'a> {
    /// The platform.
    pub live: &'a Live,
    /// What was asked for.
    pub options: &'a Options,
    /// The archive.
    pub storage: &'a Storage,
    /// How fast.
    pub pace: &'a Pace,
    /// Who is told.
    pub progress: &'a Progress,
}

impl Job<'_> {
    /// Backs up the rest of a part; gives all its segments.
    ///
    /// # Errors
    /// Where the table cannot be read, or the archive not be written.
    pub async fn part(
        &self,
        table: &Described,
        number: u32,
        part: Part,
    ) -> anyhow::Result<Vec<SegmentEntry>> {
        let mut segments = part.segments;
        if part.done {
            return Ok(segments);
        }
        let scan = Scan {
            live: self.live,
            name: &table.entry.name,
            pace: self.pace,
        };
        let recipients = &self.options.recipients;
        let mut writer = PartWriter::new(self.storage, recipients, table, number, part.sequence);
        scan.part(number, part.next, async |items, next| {
            for item in items {
                writer.push(item.get())?;
            }
            self.progress.advance(items.len() as u64);
            if !writer.is_full() && next.is_some() {
                return Ok(());
            }
            let written = writer.flush().await?;
            let point = Point {
                table: table.table.name().to_owned(),
                part: number,
                sequence: writer.sequence(),
                segments: written.into_iter().collect(),
                next: next.map(ToOwned::to_owned),
            };
            note(self.storage, &point).await?;
            segments.extend(point.segments);
            Ok(())
        })
        .await?;
        Ok(segments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_page_are_passed_on_as_they_are() {
        let answer = r#"{"Count":1,"Items":[{"a":{"N":"1.50"} }],"LastEvaluatedKey":{"a":{"N":"1.50"}},"ConsumedCapacity":{"CapacityUnits":2.5,"TableName":"T"}}"#;
        let page: Page<'_> = serde_json::from_str(answer).unwrap();
        assert_eq!(page.items[0].get(), r#"{"a":{"N":"1.50"} }"#);
        assert_eq!(
            page.last_evaluated_key.as_ref().map(|key| key.get()),
            Some(r#"{"a":{"N":"1.50"}}"#)
        );
        assert!((cost(&page, 1) - 2.5).abs() < f64::EPSILON);
        let page: Page<'_> = serde_json::from_str(r#"{"Items":[],"Count":0}"#).unwrap();
        assert!(page.last_evaluated_key.is_none());
        assert!((cost(&page, 8192) - 2.0).abs() < f64::EPSILON);
    }
}
