//! A backup before data are deleted: taken by the program that can, `ops`, beside this one.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use contract::Failure;
use deploy_target::Target;
use jiff::Timestamp;

/// Folder of the backups that are taken unasked.
const FOLDER: &str = "backups";

/// Whether and where to take one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The person wants none.
    No,
    /// In this folder.
    To(PathBuf),
}

impl Backup {
    /// In `folder`, or in one that is named by stack and time.
    pub fn of(folder: Option<&Path>, unwanted: bool, stack: &str) -> Self {
        if unwanted {
            return Self::No;
        }
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
        let own = || Path::new(FOLDER).join(format!("{stack}-{time}"));
        Self::To(folder.map_or_else(own, Path::to_path_buf))
    }
}

/// Takes it; returns its folder. Blocks; `ops` shows its own progress.
///
/// # Errors
/// Exit 3 where no program can take one, exit 1 where it fails: nothing is deleted then.
pub fn take(target: &Target, backup: &Backup) -> Result<Option<PathBuf>, Failure> {
    let Backup::To(folder) = backup else {
        return Ok(None);
    };
    let program = program().ok_or_else(|| {
        Failure::refused(
            "no backup can be taken: there is no `ops` with `backup` beside this program",
        )
        .hint("build it: cargo build -p ops; or delete the data without one: --no-backup")
    })?;
    let flags = target.flags();
    let status = Command::new(program)
        .arg("backup")
        .arg("--to")
        .arg(folder)
        .args(flags.split(' '))
        .stdin(Stdio::null())
        .status();
    let shown = format!("cargo ops backup --to {} {flags}", folder.display());
    match status {
        Ok(status) if status.success() => Ok(Some(folder.clone())),
        Ok(status) => Err(failed(&shown, &status.to_string())),
        Err(error) => Err(failed(&shown, &error.to_string())),
    }
}

fn failed(shown: &str, why: &str) -> Failure {
    Failure::new("the backup failed; nothing was deleted")
        .because(format!("`{shown}`: {why}"))
        .hint(format!(
            "take one yourself ({shown}), then run the same command with --no-backup"
        ))
}

/// `ops`, where it is built and knows `backup`.
fn program() -> Option<PathBuf> {
    let running = env::current_exe().ok()?;
    let path = running.with_file_name(format!("ops{}", env::consts::EXE_SUFFIX));
    let knows = Command::new(&path)
        .args(["backup", "--help"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    knows.ok().filter(std::process::ExitStatus::success)?;
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_has_a_folder_of_its_own_unless_one_is_named() {
        assert_eq!(Backup::of(None, true, "Blue"), Backup::No);
        let named = Backup::of(Some(Path::new("here")), false, "Blue");
        assert_eq!(named, Backup::To("here".into()));
        let Backup::To(folder) = Backup::of(None, false, "Blue") else {
            panic!("a backup is taken unless it is unwanted");
        };
        assert!(
            folder.to_str().unwrap().starts_with("backups/Blue-2"),
            "{folder:?}"
        );
    }
}
