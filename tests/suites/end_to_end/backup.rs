//! Archives: every type exact, what is in them and what is not, kept and thrown away.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use contract::Table;
use platform_tests::archives::{Tables, digests_of, only_archive};
use platform_tests::engine::Engine;
use serde_json::{Value, json};

use crate::Break;

pub const TESTS: &[(&str, Break)] = &[
    ("backup::every_type_comes_back_exactly", every_type),
    (
        "backup::sealed_archives_open_with_their_identity_only",
        sealed,
    ),
    (
        "backup::archives_in_s3_are_listed_verified_and_pruned",
        in_s3,
    ),
];

/// An item with everything that DynamoDB can hold; sets, which have no order, as an archive sorts them.
fn item() -> Value {
    json!({
        "userId": {"S": "exact"},
        "digits": {"N": "12345678901234567890123456789012345678"},
        "small": {"N": "-0.00000000000000000000000000000000000001234567"},
        "empty": {"S": ""},
        "text": {"S": "é \"quoted\" \\ \n\t\u{1} 😀"},
        "binary": {"B": "AAEC/w=="},
        "flags": {"L": [{"BOOL": true}, {"BOOL": false}, {"NULL": true}]},
        "strings": {"SS": ["a", "b", "é"]},
        "numbers": {"NS": ["-1.5", "10", "2"]},
        "binaries": {"BS": ["AA==", "AQ=="]},
        "nested": {"M": {"empty": {"M": {}}, "list": {"L": []}, "deep": {"M": {"a": {"L": [{"N": "1"}]}}}}},
    })
}

fn every_type(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Exact", 3)?;
    tables.put(Table::Users, &item())?;
    let session = json!({"sessionId": {"S": "s"}, "userId": {"S": "exact"}, "expiresAt": {"N": "9999999999"}});
    tables.put(Table::Sessions, &session)?;
    let place = tables.folder();
    let told = tables.backup(&place, &[])?;
    ensure!(
        told["sessions"] == false && told["source"]["pointInTime"] == false,
        "{told}"
    );
    ensure!(
        digests_of(&told).to_string().find("Sessions").is_none(),
        "{told}"
    );
    let with = tempfile::tempdir()?;
    let all = tables.backup(&with.path().display().to_string(), &["--with-sessions"])?;
    ensure!(
        all["sessions"] == true && all["tables"][3]["items"] == 1,
        "{all}"
    );

    let stored = tables.items(Table::Users)?;
    let refused = tables.ops(&["restore", "--from", &place])?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("is not empty"),
        "{refused:?}"
    );
    tables.empty()?;
    tables.ops(&["restore", "--from", &place])?.success()?;
    let by_id = |items: &[std::collections::HashMap<_, _>]| {
        let mut items = items.to_vec();
        items.sort_by_key(|item| format!("{:?}", item.get("userId")));
        items
    };
    ensure!(
        by_id(&stored) == by_id(&tables.items(Table::Users)?),
        "not the same items"
    );
    ensure!(
        tables.digests()? == digests_of(&told),
        "not the same digests"
    );
    Ok(())
}

fn sealed(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Sealed", 2)?;
    let place = tables.folder();
    let (ours, theirs) = (
        tables.place.path().join("ours"),
        tables.place.path().join("theirs"),
    );
    let keygen = |path: &Path| -> Result<String> {
        let made = tables
            .ops(&["backup", "keygen", &path.display().to_string()])?
            .success()?;
        Ok(made.stdout.trim().to_owned())
    };
    let recipient = keygen(&ours)?;
    keygen(&theirs)?;
    let told = tables.backup(&place, &["--encrypt-to", &recipient])?;
    ensure!(told["encrypted"] == true, "{told}");
    for path in files(&only_archive(tables.place.path())?.join("Users"))? {
        let bytes = std::fs::read(&path)?;
        ensure!(
            bytes.starts_with(b"age-encryption.org/v1"),
            "{}",
            path.display()
        );
    }
    let without = tables.ops(&["restore", "--from", &place, "--merge"])?;
    ensure!(
        without.code == Some(2) && without.stderr.contains("--identity"),
        "{without:?}"
    );
    let wrong = theirs.display().to_string();
    let wrong = tables.ops(&["backup", "verify", &place, "--identity", &wrong])?;
    ensure!(
        wrong.code == Some(1) && wrong.stderr.contains("cannot decrypt"),
        "{wrong:?}"
    );
    tables.ops(&["backup", "verify", &place])?.success()?;
    tables.empty()?;
    let identity = ours.display().to_string();
    tables
        .ops(&["restore", "--from", &place, "--identity", &identity])?
        .success()?;
    ensure!(
        tables.digests()? == digests_of(&told),
        "not the same digests"
    );
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(entries
        .collect::<Result<Vec<_>, _>>()?
        .iter()
        .map(std::fs::DirEntry::path)
        .collect())
}

fn in_s3(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "InS3", 2)?;
    let place = tables.bucket("archives-listed")?;
    let told = tables.backup(&place, &["--table", "Users", "--table", "context"])?;
    ensure!(told["tables"].as_array().map(Vec::len) == Some(2), "{told}");
    let listed = tables
        .ops(&["backup", "list", &place, "--json"])?
        .success()?
        .stdout;
    let listed: Value = serde_json::from_str(&listed)?;
    ensure!(
        listed[0]["state"] == "whole" && listed[0]["items"] == told["items"],
        "{listed}"
    );
    tables.ops(&["backup", "verify", &place])?.success()?;
    // A copy that is a year old goes; the newest stays whatever the numbers.
    let archive = only_archive_of(&tables)?;
    let old = tables.place.path().join("InS3-20250101T000000Z");
    copy(&archive, &old)?;
    let folder = tables.folder();
    let keep = "--keep-daily=1 --keep-weekly=1 --keep-monthly=1".split(' ');
    let prune: Vec<&str> = ["backup", "prune", &folder]
        .into_iter()
        .chain(keep)
        .collect();
    let refused = tables.ops(&prune)?;
    ensure!(
        refused.code == Some(3) && old.exists(),
        "it asks: {refused:?}"
    );
    let pruned = [&prune[..], &["--yes", "--json"]].concat();
    // Somebody else is at it.
    let lock = std::fs::File::create(tables.place.path().join(".lock"))?;
    lock.lock()?;
    let refused = tables.ops(&pruned)?;
    ensure!(
        refused.code == Some(3) && refused.stderr.contains("another backup") && old.exists(),
        "{refused:?}"
    );
    drop(lock);
    let pruned: Value = serde_json::from_str(&tables.ops(&pruned)?.success()?.stdout)?;
    ensure!(
        pruned["deleted"] == 1 && !old.exists() && archive.exists(),
        "{pruned}"
    );
    Ok(())
}

/// Backs up into the folder, and gives the archive.
fn only_archive_of(tables: &Tables<'_>) -> Result<std::path::PathBuf> {
    tables.backup(&tables.folder(), &[])?;
    only_archive(tables.place.path())
}

/// Copies an archive.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
