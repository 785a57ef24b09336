//! Backups through DynamoDB's own export, which the engine does not write: a recorded one, after the
//! format that AWS documents, is served in its place.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use contract::Table;
use platform_tests::archives::Tables;
use platform_tests::engine::Engine;
use platform_tests::harness::{DataCall, Fault};
use serde_json::{Value, json};

use crate::Break;

pub const TESTS: &[(&str, Break)] =
    &[("exports::a_point_in_time_becomes_an_archive", point_in_time)];

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/recorded/export");

/// The moment that the recorded export is of, and the window around it, in epoch seconds.
const AT: &str = "2026-11-23T22:00:00Z";
const AT_SECONDS: u32 = 1_795_471_200;

const EXPORT: &str = "AWSDynamoDB/01764000000000-2d8752fd";

fn answer(body: &Value) -> Fault {
    Fault::Answer(200, body.to_string().into_bytes())
}

/// What happens to a file on its way.
type Damage = fn(&str, Vec<u8>) -> Vec<u8>;

/// What DynamoDB and S3 answer; `damage` changes a file on its way.
fn service(call: &DataCall<'_>, damage: Damage) -> Fault {
    let arn = "arn:aws:dynamodb:us-west-2:000000000000:table/Exported-Users/export/1";
    match call.kind {
        "DescribeContinuousBackups" => answer(&json!({"ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": "ENABLED",
                "EarliestRestorableDateTime": AT_SECONDS - 3600,
                "LatestRestorableDateTime": AT_SECONDS + 3600,
            },
        }})),
        "ExportTableToPointInTime" => {
            let asked: Value = serde_json::from_slice(call.body).unwrap_or_default();
            let right = asked["ExportTime"].as_f64() == Some(f64::from(AT_SECONDS))
                && asked["ExportFormat"] == "DYNAMODB_JSON";
            let status = if right { "IN_PROGRESS" } else { "FAILED" };
            answer(&json!({"ExportDescription": {"ExportArn": arn, "ExportStatus": status}}))
        }
        "DescribeExport" if call.nth == 1 => {
            answer(&json!({"ExportDescription": {"ExportArn": arn, "ExportStatus": "IN_PROGRESS"}}))
        }
        "DescribeExport" => answer(&json!({"ExportDescription": {
            "ExportArn": arn, "ExportStatus": "COMPLETED", "ItemCount": 3,
            "ExportManifest": format!("{EXPORT}/manifest-summary.json"),
        }})),
        "GET other" if call.path.contains(EXPORT) => {
            let path = call.path.split('?').next().unwrap_or_default();
            let (_, file) = path.split_once(&format!("{EXPORT}/")).unwrap_or_default();
            match std::fs::read(Path::new(RECORDED).join(file)) {
                Ok(bytes) => Fault::Answer(200, damage(file, bytes)),
                Err(_) => Fault::Answer(404, b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
            }
        }
        _ => Fault::None,
    }
}

fn point_in_time(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Exported", 0)?;
    let place = tables.folder();
    let pitr = [
        "backup", "--to", &place, "--table", "Users", "--source", "pitr", "--json", "--at",
    ];

    tables.proxy.set(|call| service(call, |_, bytes| bytes));
    let early = tables.through(&[&pitr[..], &["2026-11-01T00:00:00Z"]].concat())?;
    ensure!(
        early.code == Some(2) && early.stderr.contains("from 2026-11-23T21:00:00Z"),
        "{early:?}"
    );

    let damages: [(&str, Damage); 2] = [
        ("MD5", |file, mut bytes| {
            // A byte of the gzip header that no unpacker looks at.
            if file.starts_with("data/asdl") {
                bytes[4] ^= 1;
            }
            bytes
        }),
        ("manifest-files.checksum", |file, mut bytes| {
            if file == "manifest-files.json" {
                bytes.push(b'\n');
            }
            bytes
        }),
    ];
    for (what, damage) in damages {
        tables.proxy.set(move |call| service(call, damage));
        let refused = tables.through(&[&pitr[..], &[AT]].concat())?;
        ensure!(
            refused.code == Some(1) && refused.stderr.contains(what),
            "{what}: {refused:?}"
        );
    }

    tables.proxy.set(|call| service(call, |_, bytes| bytes));
    let ended = tables.through(&[&pitr[..], &[AT]].concat())?.success()?;
    let told: Value = serde_json::from_str(&ended.stdout).context("no JSON")?;
    ensure!(
        told["source"] == json!({"kind": "pitr", "pointInTime": true, "exportTime": AT})
            && told["items"] == 3,
        "{told}"
    );
    tables.ops(&["restore", "--from", &place])?.success()?;
    let users = format!("{:?}", tables.items(Table::Users)?);
    ensure!(
        users.contains("12345678901234567890123456789012345678"),
        "{users}"
    );
    let again = tables.backup(&tables.bucket("exported")?, &["--table", "Users"])?;
    ensure!(
        again["tables"][0]["digest"] == told["tables"][0]["digest"],
        "{again}"
    );
    Ok(())
}
