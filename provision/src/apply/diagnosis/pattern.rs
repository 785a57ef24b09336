//! A known cause: how it is recognised, and what mends it.

use deploy_target::Target;

use crate::apply::stack::Event;

/// A cause that is known.
#[derive(Debug)]
pub struct Pattern {
    /// Its name, unique.
    pub name: &'static str,
    /// Resource types that it is about; any where empty.
    pub kinds: &'static [&'static str],
    /// Texts that tell it, in lower case: one of these, of which every part has to be there.
    pub texts: &'static [&'static [&'static str]],
    /// What to do. `{apply}` is the command that goes on, `{flags}` the target's flags, `{region}`
    /// its region, `{name}` the thing's physical name, `{action}` the IAM action that was denied.
    pub fix: &'static str,
}

impl Pattern {
    /// Whether a failure with this text, of a resource of this type, is of this kind.
    pub fn tells(&self, kind: &str, text: &str) -> bool {
        let text = text.to_lowercase();
        let about = self.kinds.is_empty() || self.kinds.contains(&kind);
        let all = |parts: &[&str]| parts.iter().all(|part| text.contains(part));
        about && self.texts.iter().any(|parts| all(parts))
    }

    /// What to do about `event` at `target`.
    pub fn fix(&self, target: &Target, event: &Event) -> String {
        let reason = event.reason.as_deref().unwrap_or_default();
        let flags = target.flags();
        self.fix
            .replace("{apply}", &format!("cargo provision apply {flags}"))
            .replace("{flags}", &flags)
            .replace("{region}", target.region())
            .replace("{action}", action(reason).unwrap_or("that action"))
            .replace("{name}", name(event, reason).unwrap_or("NAME"))
    }
}

/// `… is not authorized to perform: iam:CreateRole on resource …` to `iam:CreateRole`.
fn action(reason: &str) -> Option<&str> {
    let (_, after) = reason.split_once("to perform: ")?;
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '*')));
    Some(&after[..end.unwrap_or(after.len())]).filter(|action| action.contains(':'))
}

/// The thing's name: as CloudFormation knows it, else as the text quotes it.
fn name<'a>(event: &'a Event, reason: &'a str) -> Option<&'a str> {
    let quoted = reason
        .split_once("identifier '")
        .and_then(|(_, after)| after.split_once('\''))
        .map(|(name, _)| name);
    let known = event.name.as_deref().filter(|name| !name.is_empty());
    known.or(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_denied_action_is_read_from_the_text() {
        let text = "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on \
                    resource: arn:aws:iam::1:role/x";
        assert_eq!(action(text), Some("iam:CreateRole"));
        assert_eq!(action("not authorized to perform: "), None);
        assert_eq!(action("no"), None);
    }

    #[test]
    fn the_name_is_the_things_own_or_the_quoted_one() {
        let reason = "Resource of type 'AWS::S3::Bucket' with identifier 'b-1' already exists.";
        assert_eq!(name(&Event::default(), reason), Some("b-1"));
        let named = Event {
            name: Some("own".into()),
            ..Event::default()
        };
        assert_eq!(name(&named, reason), Some("own"));
    }
}
