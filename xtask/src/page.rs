//! The page on this machine: a small program that serves it, started by `up` and stopped by `down`.
//! `provision page serve` does the serving; here is when it runs, and where.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::Context;
use contract::{Failure, local};
use serde::{Deserialize, Serialize};

use crate::engine::{port, process};
use crate::siblings::{self, PROVISION};
use crate::steps::say;
use crate::target::Target;
use crate::workspace::Workspace;
use crate::{files, interrupt};

/// In the command line of the program that serves a page.
const WORDS: [&str; 2] = ["page", "serve"];

/// How long it may take to be there, and to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program that serves a stack's page, as [`local::page_file`] describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Its process.
    pub pid: u32,
    /// Its port on 127.0.0.1; kept for the next start.
    pub port: u16,
    /// Where a browser finds the page.
    pub url: String,
}

/// Serves the stack's page anew, at the address it had before where that is free.
pub fn start(workspace: &Workspace, target: &Target) -> anyhow::Result<Page> {
    let file = workspace.local.join(local::page_file(&target.stack));
    let former = read(&file);
    if let Some(page) = &former {
        end(page);
    }
    let choice = port::choose(former.map(|page| page.port))?;
    let log = file.with_extension("log");
    let mut child = spawn(workspace, target, choice.port, &log)?;
    let page = Page {
        pid: child.id(),
        port: choice.port,
        url: format!("http://127.0.0.1:{}/", choice.port),
    };
    let mut ended = None;
    // It prints its address when it listens.
    let settled = process::wait(PATIENCE, || {
        ended = child.try_wait().ok().flatten();
        ended.is_some() || interrupt::requested() || printed(&log).contains(&page.url)
    });
    if ended.is_some() || !settled {
        process::terminate(page.pid);
        return Err(Failure::new("the page is not served")
            .because(cause(&printed(&log)))
            .hint(format!("see {}; then: cargo xtask up", log.display()))
            .into());
    }
    let json = serde_json::to_vec(&page).context("cannot describe the page")?;
    files::write_whole(&file, &json)?;
    Ok(page)
}

/// Stops serving every stack's page.
pub fn stop_all(dir: &Path, wipe: bool) -> anyhow::Result<()> {
    for file in descriptions(dir)? {
        if let Some(page) = read(&file).filter(end) {
            say!("the page at {} is no longer served", page.url);
        }
        if wipe {
            files::remove(&file)?;
            files::remove(&file.with_extension("log"))?;
        }
    }
    Ok(())
}

fn descriptions(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry
            .context("cannot read the local platform's folder")?
            .path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if local::is_page_file(&name) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Ends a page's program; whether one ran. A pid may be another program's by now.
fn end(page: &Page) -> bool {
    if !process::is_alive_with(page.pid, &WORDS) {
        return false;
    }
    process::terminate(page.pid);
    process::wait(PATIENCE, || !process::is_alive(page.pid))
}

fn read(file: &Path) -> Option<Page> {
    // What cannot be read is written anew.
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

fn printed(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}

/// What the program said of its failure; it may have said where it would be before.
fn cause(printed: &str) -> &str {
    let said = printed
        .split_once("error: ")
        .map_or(printed, |(_, said)| said);
    said.trim()
}

fn spawn(workspace: &Workspace, target: &Target, port: u16, log: &Path) -> anyhow::Result<Child> {
    let out = File::create(log).context("cannot write the page's log")?;
    let errors = out.try_clone().context("cannot write the page's log")?;
    let mut args = target.command(&WORDS);
    args.extend(["--port".to_owned(), port.to_string()]);
    siblings::command(workspace, PROVISION, &args)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(errors)
        // A group of its own: Ctrl-C in our terminal is not meant for it.
        .process_group(0)
        .spawn()
        .context("cannot start the program that serves the page")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use contract::naming;

    use super::*;

    #[test]
    fn what_does_not_run_is_stopped_and_its_address_is_kept_or_wiped() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(local::page_file(naming::DEFAULT_STACK));
        let page = Page {
            // Ours: alive, and no page's.
            pid: std::process::id(),
            port: 1,
            url: "http://127.0.0.1:1/".into(),
        };
        files::write_whole(&file, &serde_json::to_vec(&page).unwrap()).unwrap();
        stop_all(dir.path(), false).unwrap();
        assert_eq!(read(&file), Some(page));
        stop_all(dir.path(), true).unwrap();
        assert!(!file.exists());
        stop_all(&dir.path().join("nowhere"), true).unwrap();
    }

    /// Stands for `provision`: says where it listens, and runs until it is ended.
    const PROGRAM: &str = "#!/bin/sh
while [ $# -gt 1 ]; do [ \"$1\" = --port ] && port=$2; shift; done
[ -e \"$SUPPORTER_LOCAL_DIR/broken\" ] && { echo 'error: there is no stack'; exit 1; }
echo \"http://127.0.0.1:$port/\"
while :; do sleep 0.05; done
";

    fn workspace(dir: &Path) -> Workspace {
        let program = dir.join("debug").join(PROVISION);
        fs::create_dir_all(dir.join("debug")).unwrap();
        let aside = dir.join("aside");
        fs::write(&aside, PROGRAM).unwrap();
        fs::set_permissions(&aside, fs::Permissions::from_mode(0o755)).unwrap();
        // Not written here: what another test starts meanwhile would keep it open for a moment.
        let copied = std::process::Command::new("cp")
            .args([&aside, &program])
            .status();
        assert!(copied.unwrap().success());
        Workspace {
            root: dir.to_owned(),
            target: dir.to_owned(),
            local: dir.to_owned(),
        }
    }

    #[test]
    fn a_page_is_served_anew_at_its_old_address_and_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = workspace(dir.path());
        let target = Target::local("Blue");
        let first = start(&workspace, &target).unwrap();
        assert!(process::is_alive(first.pid));
        let second = start(&workspace, &target).unwrap();
        assert_eq!(second.url, first.url);
        assert_ne!(second.pid, first.pid);
        assert!(!process::is_alive(first.pid));
        stop_all(dir.path(), false).unwrap();
        assert!(!process::is_alive(second.pid));
    }

    #[test]
    fn a_page_that_cannot_be_served_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = workspace(dir.path());
        fs::write(dir.path().join("broken"), "").unwrap();
        let error = start(&workspace, &Target::local("Blue")).unwrap_err();
        let text = contract::failure::report(error.as_ref());
        assert!(text.contains("cause: there is no stack"), "{text}");
    }
}
