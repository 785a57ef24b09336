//! Building, opening and searching a large index, each with its time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use search::index::{IndexFiles, build, replace_folder};
use search::{Query, SearchIndex};
use serde::Serialize;

use crate::generate;

/// What was measured.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Figures {
    documents: u32,
    index_seconds: f64,
    /// Of the whole process, with the generated documents.
    peak_memory_mib: u64,
    index_mib: f64,
    open_ms: f64,
    queries: u32,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    same_bytes_again: bool,
}

/// Measures and prints.
pub fn run(documents: u32, queries: u32, json: bool) -> anyhow::Result<()> {
    eprintln!("making {documents} documents");
    let pieces: Vec<_> = (0..documents)
        .map(generate::document)
        .collect::<Result<_, _>>()?;
    eprintln!("indexing");
    let folder = Folder::new()?;
    let start = Instant::now();
    let files = build(&pieces)?;
    replace_folder(&folder.0, &files)?;
    let index_seconds = start.elapsed().as_secs_f64();
    let peak_memory_mib = peak_memory_kib()? / 1024;
    folder.make_read_only()?;
    eprintln!("opening and searching");
    let open_ms = milliseconds(median(&mut opening(&folder.0)?));
    let mut times = searching(&folder.0, queries)?;
    eprintln!("indexing again, in another order");
    let reversed: Vec<_> = pieces.into_iter().rev().collect();
    let figures = Figures {
        documents,
        index_seconds,
        peak_memory_mib,
        index_mib: mebibytes(&files),
        open_ms,
        queries,
        p50_ms: milliseconds(median(&mut times)),
        p99_ms: milliseconds(at(&times, 99)),
        max_ms: milliseconds(at(&times, 100)),
        same_bytes_again: build(&reversed)? == files,
    };
    ensure!(
        figures.same_bytes_again,
        "the same content gave other bytes"
    );
    print(&figures, json)
}

fn print(figures: &Figures, json: bool) -> anyhow::Result<()> {
    let value = serde_json::to_value(figures).context("cannot render JSON")?;
    if json {
        println!("{value}");
    } else if let Some(fields) = value.as_object() {
        for (name, value) in fields {
            println!("{name:<18}{value}");
        }
    }
    Ok(())
}

fn opening(folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let open = |_| {
        let start = Instant::now();
        SearchIndex::open(folder)?;
        Ok(start.elapsed())
    };
    (0..21).map(open).collect()
}

/// The times of `queries` queries, sorted; as many before them are not counted, as in a function
/// that has been running.
fn searching(folder: &Path, queries: u32) -> anyhow::Result<Vec<Duration>> {
    let index = SearchIndex::open(folder)?;
    let interests = ["screening".to_owned(), "donations".to_owned()];
    let mut times = Vec::new();
    for number in 0..2 * queries {
        let text = generate::query(number);
        let known: &[String] = if number % 2 == 0 { &interests } else { &[] };
        let start = Instant::now();
        index.search(&Query {
            text: &text,
            kind: None,
            limit: contract::limits::RESULTS_DEFAULT,
            interests: known,
        })?;
        if number >= queries {
            times.push(start.elapsed());
        }
    }
    times.sort();
    Ok(times)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    at(times, 50)
}

/// The time that `percent` of the sorted `times` do not exceed.
fn at(times: &[Duration], percent: usize) -> Duration {
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn mebibytes(files: &IndexFiles) -> f64 {
    let bytes: usize = files.values().map(Vec::len).sum();
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}

/// The most memory that this process has had (Linux).
fn peak_memory_kib() -> anyhow::Result<u64> {
    let status =
        fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number
        .context("/proc/self/status has no VmHWM")?
        .parse()
        .context("VmHWM is not a number")
}

/// A folder of this process, gone when dropped.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let name = format!("bench-search.{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn make_read_only(&self) -> anyhow::Result<()> {
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o555))
            .with_context(|| format!("cannot protect {}", self.0.display()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Best effort: what was measured has been said.
        let _ = fs::set_permissions(&self.0, fs::Permissions::from_mode(0o755));
        let _ = fs::remove_dir_all(&self.0);
    }
}
