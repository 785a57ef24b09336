//! Whose operation: CloudFormation's client request token names the person, the machine and the
//! process that began it, so that whoever comes next knows whom to ask, and an operation whose
//! process is gone is taken up again.

use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

/// The first part of every token of ours.
const MARK: &str = "provision";

/// Characters of a user's and of a machine's name that a token keeps; it has 128 in all.
const NAME_MAX: usize = 40;

/// Where an operation was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The process.
    pub pid: u32,
    /// The user's name there.
    pub user: String,
    /// The machine's name.
    pub host: String,
}

/// A token of this process that no other operation has.
pub fn new() -> String {
    Origin::here().token(&uuid::Uuid::new_v4().simple().to_string()[..12])
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
            user: plain(&user),
            host: plain(&hostname()),
        }
    }

    fn token(&self, unique: &str) -> String {
        let Self { pid, user, host } = self;
        format!("{MARK}-{pid}-{unique}-{user}-at-{host}")
    }

    /// Reads a token; `None` where another program made it.
    pub fn of(token: &str) -> Option<Self> {
        let mut parts = token.splitn(4, '-');
        if parts.next()? != MARK {
            return None;
        }
        let pid = parts.next()?.parse().ok()?;
        let (user, host) = parts.nth(1)?.split_once("-at-")?;
        Some(Self {
            pid,
            user: user.to_owned(),
            host: host.to_owned(),
        })
    }

    /// Whether it was begun by this user on this machine, by a process that is gone: nobody watches
    /// it any more.
    pub fn is_left_behind(&self) -> bool {
        let here = Self::here();
        self.user == here.user && self.host == here.host && !is_running(self.pid)
    }

    /// `alice at laptop`
    pub fn shown(&self) -> String {
        format!("{} at {}", self.user, self.host)
    }
}

/// Only what a token may have.
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

/// Whether `pid` is a running program of ours; numbers are used again.
fn is_running(pid: u32) -> bool {
    if Path::new("/proc/self/stat").exists() {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        return runs(&stat);
    }
    let pid = pid.to_string();
    let asked = Command::new("ps")
        .args(["-o", "comm=", "-p", &pid])
        .output();
    // Who cannot be asked may be running: nothing is taken from anybody.
    asked.map_or(true, |output| {
        String::from_utf8_lossy(&output.stdout).contains(MARK)
    })
}

/// `4711 (provision) S …`: a zombie (Z) has ended, though it is still listed.
fn runs(stat: &str) -> bool {
    let Some((name, rest)) = stat.rsplit_once(')') else {
        return false;
    };
    let ended = matches!(rest.trim_start().chars().next(), Some('Z' | 'X'));
    name.contains(&format!("({MARK}")) && !ended
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(user: &str, host: &str) -> Origin {
        Origin {
            pid: 4711,
            user: plain(user),
            host: plain(host),
        }
    }

    #[test]
    fn a_token_names_user_machine_and_process_and_is_what_cloudformation_takes() {
        let origin = origin("anne-marie", "build-7.example.org");
        let token = origin.token("0123456789ab");
        assert_eq!(
            token,
            "provision-4711-0123456789ab-anne-marie-at-build-7-example-org"
        );
        assert_eq!(Origin::of(&token), Some(origin));
        let longest = plain(&"x".repeat(300));
        assert!(
            super::Origin {
                pid: u32::MAX,
                user: longest.clone(),
                host: longest
            }
            .token("0123456789ab")
            .len()
                <= 128
        );
        let here = new();
        assert!(
            here.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{here}"
        );
    }

    #[test]
    fn other_programs_tokens_name_nobody() {
        for token in [
            "Console-ExecuteChangeSet-1",
            "",
            "provision-x-y",
            "1f0e-at-b",
        ] {
            assert_eq!(Origin::of(token), None, "{token}");
        }
        assert_eq!(plain("…"), "someone");
    }

    #[test]
    fn only_a_live_program_of_ours_is_running() {
        assert!(runs("4711 (provision) S 1 2"));
        assert!(!runs("4711 (provision) Z 1 2"), "a zombie has ended");
        assert!(!runs("4711 (bash) S 1 2"), "the number was used again");
        assert!(!runs(""), "gone");
    }
}
