//! A backup before data are deleted: taken by the program that can, `ops`, beside this one.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use contract::Failure;
use deploy_target::Target;

/// The place of backups where none is named; each gets a folder of its own in it.
const PLACE: &str = "backups";

/// Whether and where to take one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The person wants none.
    No,
    /// In a folder of its own in this place: a folder, or `s3://BUCKET/PREFIX`.
    To {
        /// The place.
        place: String,
        /// The age recipients that it is encrypted to.
        recipients: Vec<String>,
    },
}

impl Backup {
    /// In `place`, or in the default one.
    pub fn of(place: Option<&str>, recipients: &[String], unwanted: bool) -> Self {
        if unwanted {
            return Self::No;
        }
        Self::To {
            place: place.unwrap_or(PLACE).to_owned(),
            recipients: recipients.to_vec(),
        }
    }
}

/// Takes it; returns its place. Blocks; `ops` shows its own progress.
///
/// # Errors
/// Exit 3 where no program can take one, exit 1 where it fails: nothing is deleted then.
pub fn take(target: &Target, backup: &Backup) -> Result<Option<String>, Failure> {
    let Backup::To { place, recipients } = backup else {
        return Ok(None);
    };
    let program = program().ok_or_else(|| {
        Failure::refused(
            "no backup can be taken: there is no `ops` with `backup` beside this program",
        )
        .hint("build it: cargo build -p ops; or delete the data without one: --no-backup")
    })?;
    let words = words(target, place, recipients);
    let status = Command::new(program)
        .args(&words)
        .stdin(Stdio::null())
        .status();
    let shown = format!("cargo ops {}", words.join(" "));
    match status {
        Ok(status) if status.success() => Ok(Some(place.clone())),
        Ok(status) => Err(failed(&shown, &status.to_string())),
        Err(error) => Err(failed(&shown, &error.to_string())),
    }
}

fn words(target: &Target, place: &str, recipients: &[String]) -> Vec<String> {
    let mut words = vec!["backup".to_owned(), "--to".to_owned(), place.to_owned()];
    words.extend(
        recipients
            .iter()
            .flat_map(|one| ["--encrypt-to".to_owned(), one.clone()]),
    );
    words.extend(target.flags().split(' ').map(str::to_owned));
    words
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
    fn a_backup_is_taken_unless_it_is_unwanted() {
        assert_eq!(Backup::of(None, &[], true), Backup::No);
        let Backup::To { place, .. } = Backup::of(None, &[], false) else {
            panic!("a backup is taken unless it is unwanted");
        };
        assert_eq!(place, "backups");
    }

    #[test]
    fn ops_is_asked_for_this_stack_this_place_and_these_recipients() {
        let target = Target::on_aws("us-west-2", "Blue");
        let words = words(&target, "s3://b/p", &["age1x".to_owned()]);
        assert_eq!(
            words.join(" "),
            "backup --to s3://b/p --encrypt-to age1x --region us-west-2 --stack-name Blue"
        );
    }
}
