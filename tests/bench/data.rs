//! Seed, backup and restore against a server that answers at once, beside boto3 loops over the same
//! items.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use contract::{Table, local, naming};
use serde_json::json;
use tempfile::TempDir;

use crate::answering::Answering;
use crate::ended::{self, Took};
use crate::figure::Figure;

/// Items that boto3 moves: enough for a steady rate.
const COMPARED: u64 = 40_000;

/// Supporters that `ops seed` makes about 1,000 items for.
const USERS: u64 = 29;

/// What each is asked to hold at most, at any number of items.
const MEMORY_MIB: f64 = 64.0;

/// What each is asked to move in a second of processor time, against boto3.
const WRITING: f64 = 10.0;
const READING: f64 = 5.0;

/// The two tools.
pub struct Tools {
    ops: PathBuf,
    python: PathBuf,
    folder: TempDir,
}

/// Measures with this `ops`, and boto3 in this Python, on about so many items.
///
/// # Errors
/// Where a tool fails, or did not move every item.
pub fn measure(ops: &Path, python: &Path, items: u64) -> Result<Vec<Figure>> {
    let tools = Tools {
        ops: ops.to_owned(),
        python: python.to_owned(),
        folder: tempfile::tempdir()?,
    };
    fs::write(tools.script(), include_str!("boto3_loop.py"))?;
    let mut figures = tools.seed(items)?;
    figures.extend(tools.archive(items)?);
    Ok(figures)
}

impl Tools {
    fn seed(&self, items: u64) -> Result<Vec<Figure>> {
        let users = |items: u64| (items * USERS / 1000).max(1).to_string();
        // boto3 loads what `ops seed` itself made.
        let keeping = Answering::keeping()?;
        self.run(&keeping, &["seed", "--users", &users(COMPARED)])?;
        let (count, path) = (keeping.written(), self.folder.path().join("items"));
        fs::write(&path, keeping.kept())?;
        let boto3 = self.boto3(&keeping, &["load", &path.to_string_lossy()])?;
        ensure!(keeping.written() == count, "boto3 did not load all");

        let server = Answering::start(0)?;
        let took = self.run(&server, &["seed", "--users", &users(items)])?;
        Ok(shown("seed", &took, server.written(), (boto3, WRITING)))
    }

    fn archive(&self, items: u64) -> Result<Vec<Figure>> {
        let name = Table::Donations.physical_name(naming::DEFAULT_PREFIX);
        let compared = Answering::start(COMPARED)?;
        let read = self.boto3(&compared, &["read", &name])?;
        let write = self.boto3(&compared, &["write", &name, &COMPARED.to_string()])?;
        ensure!(compared.written() == COMPARED, "boto3 did not write all");

        let server = Answering::start(items)?;
        let place = self.folder.path().join("place").display().to_string();
        let table = Table::Donations.name();
        let words = ["backup", "--to", &place, "--table", table, "--share", "1"];
        let backup = self.run(&server, &words)?;
        let erased = self.folder.path().join("erased.jsonl");
        fs::write(&erased, "")?;
        let erased = erased.display().to_string();
        let words = ["restore", "--from", &place, "--erasure-list", &erased];
        let restore = self.run(&server, &words)?;
        ensure!(server.written() == items, "the restore did not write all");
        let mut figures = shown("backup", &backup, items, (read, READING));
        figures.extend(shown("restore", &restore, items, (write, WRITING)));
        Ok(figures)
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("boto3_loop.py")
    }

    /// Items per second of processor time.
    fn boto3(&self, server: &Answering, words: &[&str]) -> Result<f64> {
        let mut command = Command::new(&self.python);
        command.arg(self.script()).arg(server.url()).args(words);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run boto3")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text.trim().parse();
        rate.with_context(|| format!("boto3 {words:?} printed {text:?}"))
    }

    fn run(&self, server: &Answering, words: &[&str]) -> Result<Took> {
        let dir = tempfile::tempdir()?;
        let engine = json!({"pid": 1, "port": 1, "endpoint": server.url()});
        fs::write(dir.path().join(local::ENGINE_FILE), engine.to_string())?;
        let mut command = Command::new(&self.ops);
        command
            .args(words)
            .arg("--local")
            .env(local::DIR_ENV, dir.path())
            .stdout(Stdio::null());
        ended::run(&mut command).with_context(|| format!("ops {words:?}"))
    }
}

fn shown(what: &str, took: &Took, items: u64, (boto3, least): (f64, f64)) -> Vec<Figure> {
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    let count = items as f64;
    let rate = count / took.cpu.as_secs_f64();
    let of = |figure: &str| format!("{what}: {figure}");
    vec![
        Figure::of(of("items"), count, ""),
        Figure::of(of("items per CPU-second"), rate, ""),
        Figure::of(of("boto3's items per CPU-second"), boto3, ""),
        Figure::of(of("against boto3"), rate / boto3, "times").least(least),
        Figure::of(of("memory"), took.memory_mib, "MiB").most(MEMORY_MIB),
        Figure::of(of("whole"), took.wall.as_secs_f64(), "s"),
    ]
}
