//! The page's hosting: WEB-1.

use contract::page::{REWRITE, hosting_headers};

use super::report::{Check, Comparisons};
use crate::live::LivePage;

const ID: &str = "WEB-1";

/// How a finding names the page's files.
pub const FILES: &str = "files";

/// What the hosting should be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The app's name.
    pub name: String,
    /// Whether it asks for a password.
    pub closed: bool,
    /// Where the page may connect to.
    pub origins: String,
    /// Hash of the page's files here and its configuration; `None` where the files are not here.
    pub bundle: Option<String>,
}

/// Compares the hosting, and what is live on it (a bundle's hash).
pub fn checks(wanted: &Wanted, live: Option<&LivePage>, bundle: Option<&str>) -> Vec<Check> {
    let mut of = Comparisons::of(format!("{} (page)", wanted.name));
    let Some(live) = of.exists(ID, live) else {
        return of.done();
    };
    let access = |closed| if closed { "a password" } else { "nothing" };
    of.add(ID, "name", &wanted.name, &live.name);
    of.add(ID, "asks for", access(wanted.closed), access(live.closed));
    of.add(
        ID,
        "headers",
        hosting_headers(&wanted.origins).trim_end(),
        live.headers.trim_end(),
    );
    let rewrites: Vec<String> = live
        .rewrites
        .iter()
        .map(|(source, target, status)| format!("{source} to {target} ({status})"))
        .collect();
    let rewrite = format!("{} to {} (200)", REWRITE.0, REWRITE.1);
    of.add(ID, "rewrites", rewrite, rewrites.join(", "));
    let there = |there| if there { "there" } else { "missing" };
    of.add(ID, "branch", there(true), there(live.branch));
    if let Some(here) = &wanted.bundle {
        let hash = |sha256: Option<&str>| match sha256 {
            Some(sha256) => sha256.to_owned(),
            None => "nothing that was uploaded; run: cargo provision page upload".to_owned(),
        };
        of.add(ID, FILES, here, hash(bundle));
    }
    of.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted {
            name: "Blue".into(),
            closed: true,
            origins: "https://r wss://s".into(),
            bundle: Some("aa".into()),
        }
    }

    fn sound() -> LivePage {
        LivePage {
            name: "Blue".into(),
            closed: true,
            headers: hosting_headers("https://r wss://s"),
            rewrites: vec![(REWRITE.0.into(), REWRITE.1.into(), "200".into())],
            branch: true,
        }
    }

    fn findings(live: Option<&LivePage>, bundle: Option<&str>) -> Vec<String> {
        let checks = checks(&wanted(), live, bundle);
        let differ = checks.into_iter().filter(Check::differs);
        differ.map(|check| check.what).collect()
    }

    #[test]
    fn a_page_as_it_should_be_has_no_findings() {
        assert_eq!(findings(Some(&sound()), Some("aa")), Vec::<String>::new());
        assert_eq!(findings(None, None), ["existence"]);
    }

    #[test]
    fn an_opened_page_and_loosened_headers_are_findings() {
        let live = LivePage {
            closed: false,
            headers: String::new(),
            rewrites: Vec::new(),
            ..sound()
        };
        let found = findings(Some(&live), Some("aa"));
        assert_eq!(found, ["asks for", "headers", "rewrites"]);
    }

    #[test]
    fn other_files_or_none_are_a_finding() {
        assert_eq!(findings(Some(&sound()), Some("bb")), ["files"]);
        assert_eq!(findings(Some(&sound()), None), ["files"]);
    }
}
