//! Markdown without what readers do not see.

/// The words of `markdown`: link targets and comments are left out.
///
/// Other markup is punctuation, which the tokenizer skips anyway.
pub fn plain_text(markdown: &str) -> String {
    without(&without(markdown, "<!--", "-->", ""), "](", ")", "] ")
}

/// `text` with each stretch from `open` to `close` replaced; an `open` without end stays.
fn without(text: &str, open: &str, close: &str, replacement: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        let Some((_, next)) = after.split_once(close) else {
            break;
        };
        plain.push_str(before);
        plain.push_str(replacement);
        rest = next;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_targets_and_comments_are_left_out() {
        assert_eq!(
            plain_text("See [us](https://e.org/x).<!-- no -->"),
            "See [us] ."
        );
        assert_eq!(plain_text("open ](end"), "open ](end");
    }
}
