//! Emptying a table that is to be replaced.

use anyhow::Context as _;
use bytes::Bytes;
use serde_json::json;

use super::items::{Items, WRITES};
use crate::archive::canonical;
use crate::backup::{Live, PARTS, Page, Scan};
use crate::progress::Progress;
use crate::wire::{Pace, Patience};

/// Whether a table has no item.
///
/// # Errors
/// Where it cannot be read.
pub async fn is_empty(live: &Live, name: &str) -> anyhow::Result<bool> {
    let body = json!({"TableName": name, "Limit": 1, "ConsistentRead": true});
    let body = Bytes::from(body.to_string());
    let pace = Pace::adaptive();
    let call = live.wire.insist("Scan", &body, &pace, Patience::default());
    let what = format!("cannot read table `{name}`");
    let answer = call
        .await
        .map_err(|error| deploy_target::explain(&live.target, what, &error))?;
    let first: Page<'_> = serde_json::from_slice(&answer)?;
    Ok(first.items.is_empty() && first.last_evaluated_key.is_none())
}

/// Deletes every item, page by page.
///
/// # Errors
/// Where the table cannot be read or written.
pub async fn empty(live: &Live, items: &Items<'_>, progress: &Progress) -> anyhow::Result<()> {
    let scan = Scan {
        live,
        name: items.name,
        pace: items.pace,
    };
    let parts = (0..PARTS).map(|part| {
        scan.part(part, None, async |page, _| {
            let keys = page.iter().map(|item| key_of(items, item.get()));
            let keys: Vec<Vec<u8>> = keys.collect::<anyhow::Result<_>>()?;
            let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
            for batch in keys.chunks(WRITES) {
                items.delete(batch).await?;
                progress.advance(batch.len() as u64);
            }
            Ok(())
        })
    });
    futures::future::try_join_all(parts).await?;
    Ok(())
}

fn key_of(items: &Items<'_>, item: &str) -> anyhow::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(item.len());
    canonical(item, &mut line)?;
    items.key.object(&line).context("an item lacks its key")
}
