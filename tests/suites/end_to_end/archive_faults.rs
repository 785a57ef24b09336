//! What goes wrong while tables are backed up and restored: death, refusals, resets, full disks, and
//! archives that are not as they were written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use platform_tests::archives::{Tables, digests_of, only_archive};
use platform_tests::engine::Engine;
use platform_tests::harness::{DataCall, Fault};
use platform_tests::program;
use serde_json::Value;

use crate::Break;
use crate::backup::copy;

pub const TESTS: &[(&str, Break)] = &[
    (
        "archive_faults::a_backup_killed_at_twenty_moments_goes_on",
        killed_backups,
    ),
    (
        "archive_faults::a_restore_killed_at_twenty_moments_goes_on",
        killed_restores,
    ),
    (
        "archive_faults::storms_resets_and_half_done_batches_lose_nothing",
        storms,
    ),
    (
        "archive_faults::a_full_disk_is_one_error_and_no_backup",
        full_disk,
    ),
    (
        "archive_faults::a_damaged_archive_is_refused_and_nothing_is_written",
        damaged,
    ),
];

/// Moments are drawn from this; another one gives others.
const SEED: u64 = 20_261_123;

/// A phase, the calls that make it up, and how many of them a run makes at least.
type Phase = (&'static str, &'static [(&'static str, u32)]);

/// Two tables, so that forty deaths take seconds.
const KILLED: [&str; 4] = ["--table", "Users", "--table", "Donations"];

const BACKUP: [Phase; 3] = [
    ("read", &[("DescribeTable", 2), ("Scan", 8)]),
    ("write", &[("PUT segment", 7), ("PUT checkpoint", 9)]),
    ("manifest", &[("PUT manifest", 1), ("DELETE checkpoint", 9)]),
];

const RESTORE: [Phase; 3] = [
    ("read", &[("GET manifest", 2), ("GET segment", 7)]),
    ("write", &[("PUT journal", 13), ("BatchWriteItem", 7)]),
    ("compare", &[("Scan", 8), ("DELETE journal", 7)]),
];

/// The digests of those tables as they are now.
fn digests(tables: &Tables<'_>) -> Result<Value> {
    let place = tempfile::tempdir()?;
    let told = tables.backup(&place.path().display().to_string(), &KILLED)?;
    Ok(digests_of(&told))
}

/// When a program is killed.
#[derive(Clone, Copy, Debug)]
struct Moment {
    phase: &'static str,
    kind: &'static str,
    nth: u32,
    after: bool,
}

/// Twenty of them, seven or six a phase.
fn moments(phases: [Phase; 3]) -> Vec<Moment> {
    let mut state = SEED;
    let mut draw = |below: u32| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(below)).unwrap_or_default()
    };
    let of = |index: usize| phases[index % 3];
    (0..20)
        .map(|index| {
            let (phase, kinds) = of(index);
            let most = u32::try_from(kinds.len()).unwrap_or(1);
            let (kind, calls) = kinds[draw(most) as usize];
            Moment {
                phase,
                kind,
                nth: 1 + draw(calls),
                after: draw(2) == 1,
            }
        })
        .collect()
}

impl Moment {
    fn fault(self, call: &DataCall<'_>) -> Fault {
        // A restore looks whether tables are empty first: those scans are no comparison.
        let nth = if self.phase == "compare" && self.kind == "Scan" {
            self.nth + 2
        } else {
            self.nth
        };
        if call.kind == self.kind && call.nth == nth {
            return Fault::Kill { after: self.after };
        }
        Fault::None
    }
}

fn killed_backups(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "KilledBackups", 12)?;
    let expected = digests(&tables)?;
    for (index, moment) in moments(BACKUP).into_iter().enumerate() {
        let place = tables.bucket(&format!("killed-backups/{index}"))?;
        let backup = [&["backup", "--to", &place, "--json"][..], &KILLED].concat();
        eprintln!("seed {SEED}, backup killed at {moment:?}");
        tables.proxy.set(move |call| moment.fault(call));
        let killed = tables.victim(&backup)?;
        tables.proxy.set(|_| Fault::None);
        ensure!(killed, "seed {SEED}, moment {index} never came: {moment:?}");
        let ended = tables.through(&backup)?.success();
        let ended = ended.with_context(|| format!("seed {SEED}, moment {index}: {moment:?}"))?;
        let told: Value = serde_json::from_str(&ended.stdout)?;
        ensure!(
            digests_of(&told) == expected,
            "seed {SEED}, moment {index}: {moment:?}"
        );
        tables.ops(&["backup", "verify", &place])?.success()?;
    }
    Ok(())
}

fn killed_restores(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "KilledRestores", 12)?;
    let place = tables.bucket("killed-restores")?;
    let expected = digests_of(&tables.backup(&place, &KILLED)?);
    let restore = ["restore", "--from", &place];
    for (index, moment) in moments(RESTORE).into_iter().enumerate() {
        tables.empty()?;
        eprintln!("seed {SEED}, restore killed at {moment:?}");
        tables.proxy.forget();
        tables.proxy.set(move |call| moment.fault(call));
        let killed = tables.victim(&restore)?;
        tables.proxy.set(|_| Fault::None);
        let at = format!("seed {SEED}, moment {index}: {moment:?}");
        ensure!(killed, "never came: {at}");
        let ended = tables.through(&restore)?;
        // Killed after the last trace of its journal: it had ended, but for saying so.
        let had_ended = ended.code == Some(3) && ended.stderr.contains("is not empty");
        ensure!(
            ended.code == Some(0) || (had_ended && moment.phase == "compare"),
            "{at}: {ended:?}"
        );
        ensure!(digests(&tables)? == expected, "{at}");
        let mut puts = tables.proxy.puts();
        puts.sort();
        let all = puts.len();
        puts.dedup();
        ensure!(
            puts.len() == all,
            "{} items were written twice: {at}",
            all - puts.len()
        );
    }
    Ok(())
}

/// Half of all batches half done, every third call throttled, some cut off, some slow.
fn storms(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Storms", 8)?;
    let place = tables.folder();
    let expected = tables.digests()?;
    let storm = |call: &DataCall<'_>| match (call.kind, call.nth) {
        ("BatchWriteItem", nth) if nth % 2 == 0 => Fault::HalfDone,
        ("BatchWriteItem" | "Scan" | "BatchGetItem", nth) if nth % 3 == 0 => Fault::Throttle,
        ("BatchWriteItem" | "Scan" | "BatchGetItem", nth) if nth % 7 == 0 => Fault::Reset,
        (_, nth) if nth % 5 == 0 => Fault::Slow(Duration::from_millis(100)),
        _ => Fault::None,
    };
    tables.proxy.set(storm);
    let told = tables
        .through(&["backup", "--to", &place, "--json"])?
        .success()?;
    ensure!(
        digests_of(&serde_json::from_str(&told.stdout)?) == expected,
        "{}",
        told.stdout
    );
    tables.empty()?;
    tables.proxy.set(storm);
    tables.through(&["restore", "--from", &place])?.success()?;
    ensure!(
        tables.proxy.count("BatchWriteItem") > 10,
        "there was no storm"
    );
    ensure!(tables.digests()? == expected, "not the same");
    Ok(())
}

/// No file may grow beyond a block or two: what a full disk does to a program that writes.
fn full_disk(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "FullDisk", 30)?;
    let place = tables.folder();
    let ops = program::binary("ops")?;
    let full = tables.command(&[])?;
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$@\"", "sh"])
        .arg(&ops)
        .args([
            "backup",
            "--to",
            &place,
            "--local",
            "--stack-name",
            "FullDisk",
        ])
        .envs(
            full.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let ended = program::ended(&mut limited)?;
    ensure!(
        ended.code == Some(1)
            && ended.stderr.contains("error: cannot write")
            && ended.stderr.contains("goes on where it was"),
        "{ended:?}"
    );
    let listed = tables.ops(&["backup", "list", &place])?.success()?;
    ensure!(!listed.stdout.contains("whole"), "{listed:?}");
    let told = tables.backup(&place, &[])?;
    ensure!(digests_of(&told) == tables.digests()?, "{told}");
    tables.ops(&["backup", "verify", &place])?.success()?;
    Ok(())
}

/// What is done to a copy of an archive.
type Damage<'a> = &'a dyn Fn(&Path) -> Result<()>;

fn damaged(engine: &Engine) -> Result<()> {
    let tables = Tables::deploy(engine, "Damaged", 6)?;
    tables.backup(&tables.folder(), &[])?;
    let whole = only_archive(tables.place.path())?;
    tables.empty()?;
    let segment = first_file(&whole.join("Donations"))?;
    let name = format!(
        "Donations/{}",
        segment.file_name().unwrap_or_default().to_string_lossy()
    );
    let damages: [(&str, Damage<'_>); 5] = [
        (&name, &|archive| {
            change(&archive.join(&name), |bytes| bytes[20] ^= 1)
        }),
        (&name, &|archive| Ok(fs::remove_file(archive.join(&name))?)),
        ("Users/9999-00001.jsonl.zst", &|archive| {
            fs::copy(
                archive.join(&name),
                archive.join("Users/9999-00001.jsonl.zst"),
            )?;
            Ok(())
        }),
        (&name, &|archive| {
            change(&archive.join(&name), |bytes| bytes.truncate(30))
        }),
        ("manifest.json", &|archive| {
            let path = archive.join("manifest.json");
            let text = fs::read_to_string(&path)?.replacen("\"version\": 1", "\"version\": 2", 1);
            Ok(fs::write(path, text)?)
        }),
    ];
    for (index, (file, damage)) in damages.into_iter().enumerate() {
        let copied = tables.place.path().join(format!("damaged-{index}"));
        copy(&whole, &copied)?;
        damage(&copied)?;
        let path = copied.display().to_string();
        let restored = tables.ops(&["restore", "--from", &path])?;
        let verified = tables.ops(&["backup", "verify", &path])?;
        for ended in [&restored, &verified] {
            ensure!(
                ended.code == Some(1) && ended.stderr.contains(file),
                "{file}: {ended:?}"
            );
        }
    }
    ensure!(
        tables
            .digests()?
            .to_string()
            .find("[\"Users\",0,")
            .is_some(),
        "something was written"
    );
    Ok(())
}

fn first_file(folder: &Path) -> Result<PathBuf> {
    let entry = fs::read_dir(folder)?.next().context("no files")??;
    Ok(entry.path())
}

fn change(path: &Path, by: impl Fn(&mut Vec<u8>)) -> Result<()> {
    let mut bytes = fs::read(path)?;
    by(&mut bytes);
    Ok(fs::write(path, bytes)?)
}
