//! JSON Lines: one piece a line, an object with front matter's fields and the text as `body`.

use std::path::Path;

use super::fields::Fields;
use super::front_matter::{KNOWN, read_document};
use super::{ContentError, Document};

/// The field that holds the Markdown text.
const BODY: &str = "body";

/// The documents that `source` holds, each with its line. Blank lines are skipped.
///
/// `path` only names the file in errors.
///
/// # Errors
/// Everything that is wrong with any line.
pub fn parse_lines(path: &Path, source: &str) -> Result<Vec<(Document, usize)>, Vec<ContentError>> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for (line, json) in (1..).zip(source.lines()) {
        if json.trim().is_empty() {
            continue;
        }
        match parse_line(json, line) {
            Ok(document) => documents.push((document, line)),
            Err(problems) => {
                errors.extend(problems.into_iter().map(|(line, message)| ContentError {
                    path: path.to_owned(),
                    line,
                    message,
                }));
            }
        }
    }
    if errors.is_empty() {
        Ok(documents)
    } else {
        Err(errors)
    }
}

fn parse_line(json: &str, line: usize) -> Result<Document, Vec<(usize, String)>> {
    let mut fields = Fields::of_json(json, line).map_err(|problem| vec![problem])?;
    let body = fields.long_text(BODY);
    let document = read_document(&mut fields, &body.clone().unwrap_or_default());
    let problems = fields.finish(&[KNOWN, &[BODY]].concat());
    match document {
        Some(document) if problems.is_empty() => Ok(document),
        _ => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"a-1","kind":"article","title":"One","summary":"Two","topics":["Bowel-Cancer"],"audience":["everyone"],"published":"2026-01-31","url":"https://www.example.org/a-1","body":"Some \ud83c\udf97 text.\n\nMore."}"#;

    fn errors(source: &str) -> Vec<String> {
        let errors = parse_lines(Path::new("a.jsonl"), source).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_line_is_a_piece_and_blank_lines_are_none() {
        let source = format!("{LINE}\n\n{}\r\n", LINE.replace("a-1", "a-2"));
        let documents = parse_lines(Path::new("a.jsonl"), &source).unwrap();
        let found: Vec<_> = documents
            .iter()
            .map(|(document, line)| (document.id.as_str(), *line))
            .collect();
        assert_eq!(found, [("a-1", 1), ("a-2", 3)]);
        assert_eq!(documents[0].0.topics, ["bowel cancer"]);
        assert_eq!(documents[0].0.body, "Some 🎗 text.\n\nMore.");
    }

    #[test]
    fn every_error_of_every_line_is_reported() {
        let source = format!(
            "[1]\n{{\"id\":\n{LINE}\n{}\n{}",
            LINE.replace("article", "book"),
            LINE.replace("\"body\"", "\"text\"")
        );
        let found = errors(&source);
        assert_eq!(found[0], "a.jsonl:1: each line must be a JSON object");
        assert!(
            found[1].starts_with("a.jsonl:2: is not JSON at column "),
            "{found:?}"
        );
        assert_eq!(found[2], "a.jsonl:4: kind: must be one of article, paper");
        assert_eq!(found[3], "a.jsonl:5: body: missing");
        assert!(found[4].starts_with("a.jsonl:5: text: unknown field"));
        assert_eq!(found.len(), 5);
    }
}
