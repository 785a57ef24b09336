//! A DynamoDB that answers at once, for measuring tools and not servers: one table of generated
//! donations that every scan reads, writes that are all taken and none kept unless it is asked to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::{Table, naming, outputs};
use platform_tests::harness::{Server, target_operation};
use platform_tests::keys::key_json;
use serde_json::{Value, json};

use crate::donations;

/// The server.
pub struct Answering {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    /// In the table that is scanned.
    items: u64,
    /// Written since it was asked last.
    written: AtomicU64,
    /// What was written, as lines of a table's name, a tab and an item; where that is wanted.
    kept: Option<Mutex<String>>,
}

impl Answering {
    /// Serves a table of this many items.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(items: u64) -> Result<Self> {
        Self::of(items, None)
    }

    /// Serves an empty table, and keeps what is written.
    ///
    /// # Errors
    /// As [`Answering::start`].
    pub fn keeping() -> Result<Self> {
        Self::of(0, Some(Mutex::default()))
    }

    fn of(items: u64, kept: Option<Mutex<String>>) -> Result<Self> {
        let written = AtomicU64::new(0);
        let shared = Arc::new(Shared {
            items,
            written,
            kept,
        });
        let router = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared));
        Ok(Self {
            server: Server::start(router)?,
            shared,
        })
    }

    /// Base URL.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Items that were written since it was asked last.
    pub fn written(&self) -> u64 {
        self.shared.written.swap(0, Ordering::Relaxed)
    }

    /// What was written: lines of a table's name, a tab and an item.
    pub fn kept(&self) -> String {
        let kept = self.shared.kept.as_ref().map(|kept| {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clone()
        });
        kept.unwrap_or_default()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(operation) = target_operation(&headers) else {
        return stack().into_response();
    };
    match answered(&shared, operation, &body) {
        Ok(body) => ([("content-type", "application/x-amz-json-1.0")], body).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

fn answered(shared: &Shared, operation: &str, body: &[u8]) -> Result<String> {
    let plain = match operation {
        "Scan" => return donations::scan(shared.items, body),
        "BatchWriteItem" => {
            write(shared, body)?;
            r#"{"UnprocessedItems":{}}"#
        }
        "BatchGetItem" => r#"{"Responses":{},"UnprocessedKeys":{}}"#,
        "DescribeTable" => return Ok(table().to_string()),
        "DescribeTimeToLive" => r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#,
        "DescribeContinuousBackups" => {
            r#"{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"DISABLED"}}"#
        }
        _ => anyhow::bail!("no {operation} here"),
    };
    Ok(plain.to_owned())
}

/// Counted, and parsed only where it is kept: the server's work is not what is measured.
fn write(shared: &Shared, body: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(body)?;
    let puts = text.matches("\"PutRequest\"").count();
    shared
        .written
        .fetch_add(u64::try_from(puts)?, Ordering::Relaxed);
    let Some(kept) = &shared.kept else {
        return Ok(());
    };
    let request: Value = serde_json::from_str(text)?;
    let tables = request["RequestItems"].as_object().context("no tables")?;
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, puts) in tables {
        for put in puts.as_array().into_iter().flatten() {
            let item = put["PutRequest"]["Item"].to_string();
            kept.extend([name.as_str(), "\t", &item, "\n"]);
        }
    }
    Ok(())
}

fn table() -> Value {
    let mut table = key_json(Table::Donations);
    let name = Table::Donations.physical_name(naming::DEFAULT_PREFIX);
    // Warm enough that no share of it slows a measurement down.
    let rest = json!({
        "TableName": name, "TableStatus": "ACTIVE", "ItemCount": 0, "TableId": "t",
        "TableArn": "arn:aws:dynamodb:us-west-2:000000000000:table/t", "CreationDateTime": 1,
        "WarmThroughput": {"ReadUnitsPerSecond": 100_000_000, "Status": "ACTIVE"},
    });
    table.extend(rest.as_object().cloned().unwrap_or_default());
    json!({"Table": table})
}

/// What CloudFormation says of the platform's stack.
fn stack() -> String {
    let output = |key: &str, value: &str| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let outputs = [
        output(outputs::PREFIX, naming::DEFAULT_PREFIX),
        output(outputs::ENVIRONMENT, "dev"),
    ];
    format!(
        "<DescribeStacksResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><DescribeStacksResult><Stacks><member><StackName>{}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>{}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
        naming::DEFAULT_STACK,
        outputs.concat()
    )
}
