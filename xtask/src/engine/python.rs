//! Finding a Python that can install the tools that come as Python packages.

use std::process::{Command, Stdio};

use contract::Failure;

/// Python's major and minor version.
pub type Version = (u32, u32);

/// The oldest Python that the engine runs on.
pub const OLDEST: Version = (3, 10);

const NAMES: [&str; 8] = [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
    "py",
];

/// Prints the version, then whether `venv` can put pip into an environment.
const PROBE: &str = "import sys, importlib.util as u
print('%d.%d' % sys.version_info[:2])
print(all(u.find_spec(m) for m in ('venv', 'ensurepip')))";

/// What a name on the path turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The command.
    pub name: &'static str,
    /// Its version.
    pub version: Version,
    /// Whether it has `venv` and `ensurepip`.
    pub can_install: bool,
}

/// The first Python on the path that is new enough and can install.
///
/// # Errors
/// Where there is none; the hint says what is missing.
pub fn find() -> Result<&'static str, Failure> {
    let mut found = Vec::new();
    for name in NAMES {
        let Some(python) = probe(name) else { continue };
        if is_fit(&python) {
            return Ok(python.name);
        }
        found.push(python);
    }
    Err(none_fits(&found))
}

fn is_fit(python: &Found) -> bool {
    python.version >= OLDEST && python.can_install
}

fn probe(name: &'static str) -> Option<Found> {
    let output = Command::new(name)
        .args(["-c", PROBE])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    parse(name, &String::from_utf8_lossy(&output.stdout))
}

fn parse(name: &'static str, printed: &str) -> Option<Found> {
    let mut lines = printed.lines();
    let (major, minor) = lines.next()?.trim().split_once('.')?;
    let version = (major.parse().ok()?, minor.parse().ok()?);
    Some(Found {
        name,
        version,
        can_install: lines.next()?.trim() == "True",
    })
}

fn none_fits(found: &[Found]) -> Failure {
    let (major, minor) = OLDEST;
    if let Some(python) = found.iter().find(|python| python.version >= OLDEST) {
        let (name, version) = (python.name, text(python.version));
        return Failure::new(format!(
            "{name} ({version}) lacks the modules venv or ensurepip"
        ))
        .hint(format!(
            "install them, then run the same command again \
                 (Debian, Ubuntu: apt-get install python{version}-venv)"
        ));
    }
    let again = "then run the same command again (Debian, Ubuntu: apt-get install python3 \
                 python3-venv; macOS: brew install python3)";
    let hint = format!("install Python {major}.{minor} or newer, {again}");
    match found.iter().max_by_key(|python| python.version) {
        Some(old) => Failure::new(format!(
            "Python {major}.{minor} or newer is needed; the newest here is {} ({})",
            text(old.version),
            old.name
        )),
        None => Failure::new(format!(
            "Python {major}.{minor} or newer is needed, and none is on the path"
        )),
    }
    .hint(hint)
}

fn text((major, minor): Version) -> String {
    format!("{major}.{minor}")
}

#[cfg(test)]
mod tests {
    use contract::failure::report;

    use super::*;

    fn found(name: &'static str, version: Version, can_install: bool) -> Found {
        Found {
            name,
            version,
            can_install,
        }
    }

    #[test]
    fn what_the_probe_prints_is_read() {
        assert_eq!(
            parse("python3", "3.11\nTrue\n"),
            Some(found("python3", (3, 11), true))
        );
        assert_eq!(
            parse("python3", "3.9\nFalse\n"),
            Some(found("python3", (3, 9), false))
        );
        assert_eq!(parse("python3", ""), None);
        assert_eq!(parse("python3", "Python was not found"), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(is_fit(&found("python3", (3, 10), true)));
        assert!(!is_fit(&found("python3", (3, 9), true)));
        assert!(!is_fit(&found("python3", (3, 12), false)));
    }

    #[test]
    fn no_python_says_what_to_install() {
        let text = report(&none_fits(&[]));
        assert!(text.starts_with("error: Python 3.10 or newer is needed, and none is on the path"));
        assert!(
            text.contains("\nhint: install Python 3.10 or newer"),
            "{text}"
        );
    }

    #[test]
    fn an_old_python_is_named() {
        let text = report(&none_fits(&[
            found("python", (2, 7), false),
            found("python3", (3, 9), true),
        ]));
        assert!(text.contains("the newest here is 3.9 (python3)"), "{text}");
    }

    #[test]
    fn missing_modules_are_named_before_anything_else() {
        let text = report(&none_fits(&[
            found("python", (2, 7), false),
            found("python3", (3, 11), false),
        ]));
        assert!(
            text.contains("python3 (3.11) lacks the modules venv or ensurepip"),
            "{text}"
        );
        assert!(text.contains("python3.11-venv"), "{text}");
    }
}
