//! Who may open the page, and the password where it asks for one.
//!
//! A password is made where the page is closed and has none yet, or a new one is asked for. Once
//! CloudFormation has it, it is never read again: a later deployment sends it as unchanged.

use std::collections::BTreeMap;

use contract::page::USER;
use contract::parameters::{
    MASKED, PAGE_ACCESS, PAGE_CLOSED, PAGE_NONE, PAGE_PASSWORD, PAGE_PUBLIC,
};

/// Who may open the page. What is not given stays as the live stack has it.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct PageOptions {
    /// Let whoever knows the page's URL open it, without a password
    #[arg(long, overrides_with = "no_public_web")]
    pub public_web: bool,

    /// Ask for a password before the page opens; it is made, and shown once [default]
    #[arg(long)]
    pub no_public_web: bool,

    /// Make a new password for the page, and show it once
    #[arg(long, conflicts_with = "public_web")]
    pub new_page_password: bool,
}

/// Letters and digits that cannot be taken for each other: 32.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Groups of a password, and letters of a group: 100 bits.
const GROUPS: usize = 5;
const GROUP: usize = 4;

/// The page's parameters: given, else as they live, else closed. The local engine has no hosting.
pub fn decide(
    local: bool,
    given: PageOptions,
    live: &BTreeMap<String, String>,
) -> [(String, String); 2] {
    let before = live.get(PAGE_ACCESS).map(String::as_str);
    let access = match before {
        _ if local => PAGE_NONE,
        _ if given.public_web => PAGE_PUBLIC,
        _ if given.no_public_web => PAGE_CLOSED,
        Some(PAGE_PUBLIC) => PAGE_PUBLIC,
        _ => PAGE_CLOSED,
    };
    let keeps = before == Some(PAGE_CLOSED) && !given.new_page_password;
    let password = match access {
        PAGE_CLOSED if keeps => MASKED.to_owned(),
        PAGE_CLOSED => new_password(),
        // Kept unused, so that a rollback to a closed page finds it.
        _ if !local && live.contains_key(PAGE_PASSWORD) => MASKED.to_owned(),
        _ => String::new(),
    };
    [
        (PAGE_ACCESS.to_owned(), access.to_owned()),
        (PAGE_PASSWORD.to_owned(), password),
    ]
}

/// What a person is told, once, of a password that is being set; `None` where none is.
pub fn announcement(parameters: &BTreeMap<String, String>) -> Option<String> {
    let password = parameters.get(PAGE_PASSWORD)?;
    (!password.is_empty() && password != MASKED).then(|| {
        format!(
            "the page asks for a name and a password, shown this once:\n  \
             name      {USER}\n  password  {password}\n\
             lost it? a new one: --new-page-password"
        )
    })
}

/// A new password. The randomness is the operating system's: 122 bits of each UUID.
fn new_password() -> String {
    let random = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    // Bytes 6 and 8 hold the version.
    let bytes = random
        .iter()
        .flat_map(|id| id.as_bytes().iter().enumerate())
        .filter(|(index, _)| ![6, 8].contains(index));
    let letters: Vec<char> = bytes
        .map(|(_, byte)| char::from(LETTERS[usize::from(byte % 32)]))
        .take(GROUPS * GROUP)
        .collect();
    let groups: Vec<String> = letters.chunks(GROUP).map(String::from_iter).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: PageOptions,
    }

    fn decided(local: bool, flags: &[&str], live: &[(&str, &str)]) -> (String, String) {
        let options = Cli::parse_from(std::iter::once(&"x").chain(flags)).options;
        let live = live
            .iter()
            .map(|&(key, value)| (key.into(), value.into()))
            .collect();
        let [(_, access), (_, password)] = decide(local, options, &live);
        (access, password)
    }

    const CLOSED: &[(&str, &str)] = &[(PAGE_ACCESS, PAGE_CLOSED), (PAGE_PASSWORD, MASKED)];
    const PUBLIC: &[(&str, &str)] = &[(PAGE_ACCESS, PAGE_PUBLIC), (PAGE_PASSWORD, MASKED)];

    fn fresh((access, password): (String, String)) -> bool {
        access == PAGE_CLOSED && password.len() == 24 && password != MASKED
    }

    #[test]
    fn a_first_deployment_is_closed_with_a_password_of_its_own() {
        let first = decided(false, &[], &[]);
        assert_ne!(first.1, decided(false, &[], &[]).1);
        assert!(fresh(first));
    }

    #[test]
    fn a_later_deployment_keeps_access_and_password() {
        let kept = (PAGE_CLOSED.to_owned(), MASKED.to_owned());
        assert_eq!(decided(false, &[], CLOSED), kept);
        assert_eq!(decided(false, &["--no-public-web"], CLOSED), kept);
        let public = (PAGE_PUBLIC.to_owned(), MASKED.to_owned());
        assert_eq!(decided(false, &[], PUBLIC), public);
        assert_eq!(decided(false, &["--public-web"], CLOSED), public);
    }

    #[test]
    fn closing_again_or_asking_makes_a_new_password() {
        assert!(fresh(decided(false, &["--no-public-web"], PUBLIC)));
        assert!(fresh(decided(false, &["--new-page-password"], CLOSED)));
        let opened = decided(false, &["--public-web"], &[]);
        assert_eq!(opened, (PAGE_PUBLIC.into(), String::new()));
    }

    #[test]
    fn the_local_engine_hosts_nothing() {
        let nothing = (PAGE_NONE.to_owned(), String::new());
        assert_eq!(decided(true, &["--public-web"], &[]), nothing);
    }

    #[test]
    fn only_a_new_password_is_announced() {
        let said = |password: &str| {
            announcement(&BTreeMap::from([(
                PAGE_PASSWORD.to_owned(),
                password.to_owned(),
            )]))
        };
        assert_eq!(said(""), None);
        assert_eq!(said(MASKED), None);
        assert!(said("abcd-efgh").is_some_and(|text| text.contains("abcd-efgh")));
    }
}
