//! Whose work something is: names that a program leaves where others look, so that whoever comes
//! next knows whom to ask, and work whose process is gone is taken up again.

use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

use serde::{Deserialize, Serialize};

/// Characters of a user's and of a machine's name that are kept: a client request token of
/// CloudFormation has 128 in all.
const NAME_MAX: usize = 40;

/// Where work was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The process.
    pub pid: u32,
    /// Where its number means it: this boot of the machine, and this container; 8 hex digits. Zeros
    /// where the system does not say.
    #[serde(default)]
    pub space: String,
    /// The user's name there.
    pub user: String,
    /// The machine's name.
    pub host: String,
}

impl Origin {
    /// This process.
    pub fn here() -> Self {
        let user = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| env::var(name).ok())
            .unwrap_or_default();
        Self {
            pid: process::id(),
            space: space(),
            user: plain(&user),
            host: plain(&hostname()),
        }
    }

    /// `4711-00c0ffee-0123456789ab-alice-at-laptop`: letters, digits and hyphens only. `unique` has
    /// no hyphens.
    pub fn label(&self, unique: &str) -> String {
        let Self {
            pid,
            space,
            user,
            host,
        } = self;
        format!("{pid}-{space}-{unique}-{user}-at-{host}")
    }

    /// Reads a label; `None` where it is none.
    pub fn of_label(label: &str) -> Option<Self> {
        let mut parts = label.splitn(4, '-');
        let pid = parts.next()?.parse().ok()?;
        let space = parts.next()?;
        let (user, host) = parts.nth(1)?.split_once("-at-")?;
        Some(Self {
            pid,
            space: space.to_owned(),
            user: user.to_owned(),
            host: host.to_owned(),
        })
    }

    /// Whether it was begun by this user on this machine, by a process of `program` that is gone:
    /// nobody is at it any more. Of another container's or an earlier boot's processes nothing is
    /// known.
    pub fn is_left_behind(&self, program: &str) -> bool {
        let pid = self.pid;
        *self
            == Self {
                pid,
                ..Self::here()
            }
            && !is_running(pid, program)
    }

    /// `alice at laptop`
    pub fn shown(&self) -> String {
        format!("{} at {}", self.user, self.host)
    }
}

/// Only what a label may have.
fn plain(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(NAME_MAX)
        .collect();
    let kept = kept.trim_matches('-');
    if kept.is_empty() { "someone" } else { kept }.to_owned()
}

fn hostname() -> String {
    let file = |path: &str| fs::read_to_string(path).ok();
    let asked = || {
        let output = Command::new("hostname").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    file("/proc/sys/kernel/hostname")
        .or_else(asked)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn space() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let processes = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    mixed(&boot, &processes.to_string_lossy())
}

/// Of `f47ac10b-58cc-…` and `pid:[4026531836]`.
fn mixed(boot: &str, processes: &str) -> String {
    let boot = boot
        .get(..8)
        .and_then(|id| u32::from_str_radix(id, 16).ok());
    let digits = |c: char| !c.is_ascii_digit();
    let processes = processes.trim_matches(digits).parse::<u32>().ok();
    let mixed = boot.unwrap_or_default() ^ processes.unwrap_or_default();
    format!("{mixed:08x}")
}

/// Whether `pid` is a running `program`; numbers are used again.
fn is_running(pid: u32, program: &str) -> bool {
    if Path::new("/proc/self/stat").exists() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        return runs(&stat, program);
    }
    let pid = pid.to_string();
    let asked = Command::new("ps")
        .args(["-o", "comm=", "-p", &pid])
        .output();
    // Who cannot be asked may be running: nothing is taken from anybody.
    asked.map_or(true, |output| {
        String::from_utf8_lossy(&output.stdout).contains(program)
    })
}

/// `4711 (provision) S …`: a zombie (Z) has ended, though it is still listed.
fn runs(stat: &str, program: &str) -> bool {
    let Some((name, rest)) = stat.rsplit_once(')') else {
        return false;
    };
    let ended = matches!(rest.trim_start().chars().next(), Some('Z' | 'X'));
    name.contains(&format!("({program}")) && !ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_process_user_and_machine() {
        let origin = Origin {
            pid: 4711,
            space: "00c0ffee".into(),
            user: plain("anne-marie"),
            host: plain("build-7.example.org"),
        };
        let label = origin.label("0123456789ab");
        assert_eq!(
            label,
            "4711-00c0ffee-0123456789ab-anne-marie-at-build-7-example-org"
        );
        assert_eq!(Origin::of_label(&label), Some(origin));
        for other in ["", "x-y", "1f0e-at-b", "4711-x-alice"] {
            assert_eq!(Origin::of_label(other), None, "{other}");
        }
        assert_eq!(plain("…"), "someone");
        assert_eq!(plain(&"x".repeat(300)).len(), NAME_MAX);
    }

    #[test]
    fn another_containers_processes_are_not_judged_from_here() {
        // No process has this number.
        let gone = Origin {
            pid: u32::MAX,
            ..Origin::here()
        };
        assert!(gone.is_left_behind("ops"));
        let space = mixed("f47ac10b-58cc-4372", "pid:[4026531836]");
        assert_eq!(space, "1b853ef7");
        assert_ne!(space, mixed("f47ac10b-58cc-4372", "pid:[4026532193]"));
        assert_eq!(mixed("", ""), "00000000");
        let elsewhere = Origin { space, ..gone };
        assert!(!elsewhere.is_left_behind("ops"));
    }

    #[test]
    fn only_a_live_program_of_that_name_is_running() {
        assert!(runs("4711 (provision) S 1 2", "provision"));
        assert!(!runs("4711 (provision) Z 1 2", "provision"), "a zombie");
        assert!(!runs("4711 (bash) S 1 2", "provision"), "used again");
        assert!(!runs("", "provision"), "gone");
    }
}
