//! What the browser tests need beyond Rust: Chromium with its driver, from the system, and
//! axe-core, a package of npm's, fetched through npm as it is configured here.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use contract::{Failure, local};

use crate::digest::sha256;
use crate::steps::say;
use crate::{child, files};

/// The driver, and a browser for it under one of its names.
const DRIVER: &str = "chromedriver";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The package that looks for what keeps people out, and the SHA-256 of its archive.
const AXE: &str = "axe-core@4.14.1";
const AXE_SHA256: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";
const AXE_FILE: &str = "package/axe.min.js";

/// What is there, and what is left out with the way to get it.
#[derive(Debug, Default)]
pub struct Tools {
    driver: Option<PathBuf>,
    axe: Option<PathBuf>,
    missing: Vec<String>,
}

impl Tools {
    /// Looks for all of it; fetches axe-core where it is not there yet.
    ///
    /// # Errors
    /// Where something is missing and `CI=true`: there nothing is left out.
    pub fn find(dir: &Path) -> Result<Self, Failure> {
        let mut tools = Self::default();
        match (on_path(DRIVER), BROWSERS.into_iter().find_map(on_path)) {
            (Some(driver), Some(_)) => tools.driver = Some(driver),
            _ => tools.missing.push(
                "the tests in a browser (on Debian: apt-get install -y chromium chromium-driver)"
                    .to_owned(),
            ),
        }
        if tools.driver.is_some() {
            match axe(dir) {
                Ok(axe) => tools.axe = Some(axe),
                Err(error) => tools.missing.push(format!(
                    "the search for what keeps people out of the page (it needs npm and its \
                     package {AXE}: {error:#})"
                )),
            }
        }
        let in_ci = env::var("CI").is_ok_and(|value| value == "true");
        match tools.missing.first() {
            Some(missing) if in_ci => Err(Failure::new(format!(
                "CI leaves nothing out; missing: {missing}"
            ))
            .hint("install it, then: cargo xtask test")),
            _ => Ok(tools),
        }
    }

    /// What the suites are told.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        let or_left_out =
            |tool: &Option<PathBuf>| tool.clone().unwrap_or_else(|| local::LEFT_OUT.into());
        [
            (local::BROWSER_ENV, or_left_out(&self.driver)),
            (local::AXE_ENV, or_left_out(&self.axe)),
        ]
    }

    /// Says what is left out, and how to get it.
    pub fn say_missing(&self) {
        for missing in &self.missing {
            say!("left out: {missing}");
        }
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// The script, from where it was unpacked, or fetched now.
fn axe(dir: &Path) -> anyhow::Result<PathBuf> {
    let dir = dir.join(AXE.replace('@', "-"));
    let script = dir.join(AXE_FILE);
    // Unpacked last, and only from the archive that is meant.
    if script.is_file() {
        return Ok(script);
    }
    fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let npm = on_path("npm").context("npm is not installed")?;
    let mut pack = Command::new(npm);
    pack.args(["pack", "--silent", AXE]).current_dir(&dir);
    child::quiet(&mut pack, "npm pack")?;
    let archive = dir.join(format!("{}.tgz", AXE.replace('@', "-")));
    let bytes = fs::read(&archive).with_context(|| format!("no {}", archive.display()))?;
    if sha256(&bytes) != AXE_SHA256 {
        files::remove(&archive)?;
        anyhow::bail!("{} is not the archive that is meant", archive.display());
    }
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(&archive).arg(AXE_FILE);
    child::quiet(unpack.current_dir(&dir), "tar")?;
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_to_the_suites_as_left_out() {
        let tools = Tools {
            driver: Some("/usr/bin/chromedriver".into()),
            ..Tools::default()
        };
        assert_eq!(
            tools.environment(),
            [
                (local::BROWSER_ENV, "/usr/bin/chromedriver".into()),
                (local::AXE_ENV, local::LEFT_OUT.into())
            ]
        );
    }

    #[test]
    fn programs_are_found_on_the_path() {
        assert!(on_path("sh").is_some());
        assert_eq!(on_path("no-such-program-at-all"), None);
    }

    #[test]
    fn a_script_that_is_there_is_not_fetched_again() {
        let dir = tempfile::tempdir().unwrap();
        let script = dir.path().join("axe-core-4.14.1").join(AXE_FILE);
        fs::create_dir_all(script.parent().unwrap()).unwrap();
        fs::write(&script, "").unwrap();
        assert_eq!(axe(dir.path()).unwrap(), script);
    }
}
