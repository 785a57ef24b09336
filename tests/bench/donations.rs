//! A generated table of donations, page by page.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::Value;

/// Items in a page: about the 1 MB that DynamoDB gives at most.
const PAGE: u64 = 3_500;

const ID: &str = "donation-";

/// A page of the table; where the next begins is told by the number of its last item.
///
/// # Errors
/// Where the request is none.
pub fn scan(items: u64, request: &[u8]) -> Result<String> {
    let request: Value = serde_json::from_slice(request)?;
    if request["Limit"] == 1 {
        // Whether a table is empty, which a restore asks.
        return Ok(r#"{"Items":[],"Count":0,"ScannedCount":0}"#.to_owned());
    }
    let part = request["Segment"].as_u64().unwrap_or(0);
    let parts = request["TotalSegments"].as_u64().unwrap_or(1);
    let (first, end) = (items * part / parts, items * (part + 1) / parts);
    let last = request.pointer("/ExclusiveStartKey/donationId/S");
    let from = match last.and_then(Value::as_str) {
        Some(last) => number(last).context("no key")? + 1,
        None => first,
    };
    page(from, (from + PAGE).min(end), end)
}

fn page(from: u64, to: u64, end: u64) -> Result<String> {
    let mut page = String::with_capacity(400 * usize::try_from(to - from)?);
    page.push_str("{\"Items\":[");
    for number in from..to {
        if number > from {
            page.push(',');
        }
        item(&mut page, number)?;
    }
    let count = to - from;
    write!(
        page,
        r#"],"Count":{count},"ScannedCount":{count},"ConsumedCapacity":{{"TableName":"t","CapacityUnits":256.0}}"#
    )?;
    if to < end {
        let last = to - 1;
        write!(
            page,
            r#","LastEvaluatedKey":{{"userId":{{"S":"user-{:06}"}},"donationId":{{"S":"{ID}{last:09}"}}}}"#,
            last / 7
        )?;
    }
    page.push('}');
    Ok(page)
}

fn number(id: &str) -> Option<u64> {
    id.strip_prefix(ID)?.parse().ok()
}

/// A donation as `ops seed` makes them; attributes in no order, as DynamoDB gives them. The same as
/// `donation` in `boto3_loop.py`.
fn item(page: &mut String, number: u64) -> Result<()> {
    let (user, amount) = (number / 7, 500 + number % 9000);
    let (recurring, day, campaign) = (number.is_multiple_of(3), number % 28 + 1, number % 40);
    write!(
        page,
        r#"{{"recurring":{{"BOOL":{recurring}}},"donationId":{{"S":"{ID}{number:09}"}},"amount":{{"N":"{amount}"}},"userId":{{"S":"user-{user:06}"}},"currency":{{"S":"GBP"}},"donatedAt":{{"S":"2026-05-{day:02}T10:00:00.000Z"}},"campaign":{{"S":"spring-appeal-{campaign}"}}}}"#
    )?;
    Ok(())
}
