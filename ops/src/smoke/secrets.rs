//! Taking secrets out of what is printed, whoever put them there.

/// What stands where a secret stood.
const GONE: &str = "…";

/// Parameters whose values are secrets, in lower case.
const PARAMETERS: [&str; 5] = [
    "apikey=",
    "x-amz-signature=",
    "x-amz-security-token=",
    "x-amz-credential=",
    "x-api-key: ",
];

/// `text` without `key`, without access key ids, and without the values of signed or keyed URLs.
pub fn redact(text: &str, key: Option<&str>) -> String {
    let mut text = match key {
        Some(key) if !key.is_empty() => text.replace(key, GONE),
        _ => text.to_owned(),
    };
    for parameter in PARAMETERS {
        text = without_value(&text, parameter);
    }
    without_access_keys(&text)
}

fn without_value(text: &str, parameter: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(parameter) {
        let (before, value) = rest.split_at(at + parameter.len());
        let ends = |c: char| c.is_whitespace() || "&'\")<>,".contains(c);
        let end = value.find(ends).unwrap_or(value.len());
        kept.push_str(before);
        kept.push_str(GONE);
        rest = &value[end..];
    }
    kept + rest
}

/// Access key ids: twenty capitals and digits that begin with AKIA or ASIA.
fn without_access_keys(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| {
            let id = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let secret = id.len() == 20 && (id.starts_with("AKIA") || id.starts_with("ASIA"));
            if secret {
                word.replacen(id, GONE, 1)
            } else {
                word.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_every_kind_are_taken_out() {
        assert_eq!(redact("it is k3y, yes", Some("k3y")), "it is …, yes");
        assert_eq!(
            redact(
                "GET wss://h/v1?userId=u&apiKey=abc failed (x-Amz-Signature=ff)",
                None
            ),
            "GET wss://h/v1?userId=u&apiKey=… failed (x-Amz-Signature=…)"
        );
        assert_eq!(
            redact("user AKIAIOSFODNN7EXAMPLE, denied", None),
            "user …, denied"
        );
        assert_eq!(redact("nothing here", Some("")), "nothing here");
    }
}
