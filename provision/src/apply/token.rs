//! Whose operation: CloudFormation's client request token names the person, the machine and the
//! process that began it, so that whoever comes next knows whom to ask, and an operation whose
//! process is gone is taken up again.

use deploy_target::Origin;

/// The first part of every token of ours, and the name of the program that makes them.
pub const MARK: &str = "provision";

/// A token of this process that no other operation has.
pub fn new() -> String {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    token(&Origin::here(), &unique[..12])
}

fn token(origin: &Origin, unique: &str) -> String {
    format!("{MARK}-{}", origin.label(unique))
}

/// Reads a token; `None` where another program made it.
pub fn origin(token: &str) -> Option<Origin> {
    Origin::of_label(token.strip_prefix(MARK)?.strip_prefix('-')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_origin_and_is_what_cloudformation_takes() {
        let longest = Origin {
            pid: u32::MAX,
            space: "x".repeat(8),
            user: "x".repeat(40),
            host: "x".repeat(40),
        };
        let longest = token(&longest, "0123456789ab");
        assert!(longest.len() <= 128, "{longest}");
        let here = new();
        assert_eq!(origin(&here), Some(Origin::here()));
        assert!(
            here.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{here}"
        );
    }

    #[test]
    fn other_programs_tokens_name_nobody() {
        for other in [
            "Console-ExecuteChangeSet-1",
            "",
            "provision-x-y",
            "1f0e-at-b",
        ] {
            assert_eq!(origin(other), None, "{other}");
        }
    }
}
