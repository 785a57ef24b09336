//! One Markdown file with YAML front matter between two `---` lines.

use std::path::Path;

use jiff::civil::Date;

use super::fields::Fields;
use super::{ContentError, ContentId, Document, PaperDetails, SUMMARY_MAX, TITLE_MAX};
use crate::ContentKind;
use crate::text::normalise_topic;

const FENCE: &str = "---";

/// Every field that front matter may have.
pub(super) const KNOWN: &[&str] = &[
    "id",
    "kind",
    "title",
    "summary",
    "topics",
    "audience",
    "published",
    "url",
    "sample",
    "authors",
    "doi",
];

/// The document that `source` holds, and the line of its id.
///
/// `path` only names the file in errors. Line ends may be LF or CRLF.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn parse(path: &Path, source: &str) -> Result<(Document, usize), Vec<ContentError>> {
    let source = source
        .strip_prefix('\u{feff}')
        .unwrap_or(source)
        .replace("\r\n", "\n");
    parse_parts(&source).map_err(|problems| {
        let error = |(line, message)| ContentError {
            path: path.to_owned(),
            line,
            message,
        };
        problems.into_iter().map(error).collect()
    })
}

type Problems = Vec<(usize, String)>;

fn parse_parts(source: &str) -> Result<(Document, usize), Problems> {
    let (front_matter, body, body_line) = split(source).map_err(|problem| vec![problem])?;
    let mut fields = Fields::new(front_matter, 2).map_err(|problem| vec![problem])?;
    let id_line = fields.line_of("id");
    let document = read_document(&mut fields, body);
    let mut problems = fields.finish(KNOWN);
    if body.trim().is_empty() {
        problems.push((
            body_line,
            "there is no text after the front matter".to_owned(),
        ));
    }
    match document {
        Some(document) if problems.is_empty() => Ok((document, id_line)),
        _ => Err(problems),
    }
}

/// Front matter, body, and the line the body starts on.
fn split(source: &str) -> Result<(&str, &str, usize), (usize, String)> {
    let rest = source.strip_prefix("---\n").ok_or((
        1,
        format!("the first line must be `{FENCE}`, opening the front matter"),
    ))?;
    let mut end = 0;
    for (position, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == FENCE {
            return Ok((&rest[..end], &rest[end + line.len()..], position + 3));
        }
        end += line.len();
    }
    Err((
        1,
        format!("the front matter is not closed by a line `{FENCE}`"),
    ))
}

pub(super) fn read_document(fields: &mut Fields<'_>, body: &str) -> Option<Document> {
    let id = fields.parsed("id", |text| {
        ContentId::new(text)
            .ok_or_else(|| format!("`{text}` must match {}", contract::limits::ID_PATTERN))
    });
    let kind = fields.parsed("kind", |text| {
        ContentKind::from_word(text).ok_or_else(|| {
            format!(
                "must be one of {}",
                contract::schema::CONTENT_KINDS.join(", ")
            )
        })
    });
    let title = fields.text("title", TITLE_MAX);
    let summary = fields.text("summary", SUMMARY_MAX);
    let topics = fields.list("topics", normalise_topic);
    let audience = fields.list("audience", normalise_topic);
    let published = fields.parsed("published", |text| {
        text.parse::<Date>()
            .map_err(|_| format!("`{text}` is not a date as in 2026-01-31"))
    });
    let url = fields.parsed("url", |text| https(text).map(str::to_owned));
    let sample = fields.flag("sample");
    let paper = match kind? {
        ContentKind::Article => {
            refuse_paper_fields(fields);
            None
        }
        ContentKind::Paper => Some(read_paper(fields)?),
    };
    Some(Document {
        id: id?,
        kind: kind?,
        title: title?,
        summary: summary?,
        topics: topics?,
        audience: audience?,
        published: published?,
        url: url?,
        sample: sample?,
        paper,
        body: body.trim().to_owned(),
    })
}

fn refuse_paper_fields(fields: &mut Fields<'_>) {
    for key in ["authors", "doi"] {
        if fields.has(key) {
            fields.problem(key, "only papers have it");
        }
    }
}

fn read_paper(fields: &mut Fields<'_>) -> Option<PaperDetails> {
    let authors = fields.list("authors", |name| name.trim().to_owned());
    let doi = fields.parsed("doi", |text| is_doi(text).map(str::to_owned));
    Some(PaperDetails {
        authors: authors?,
        doi: doi?,
    })
}

/// Results show the address as a link, so that no other scheme may get in.
fn https(text: &str) -> Result<&str, String> {
    let host = text.strip_prefix("https://").unwrap_or_default();
    if host.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !text.contains(char::is_whitespace)
    {
        Ok(text)
    } else {
        Err(format!(
            "`{text}` is not an address that starts with https://"
        ))
    }
}

fn is_doi(text: &str) -> Result<&str, String> {
    let parts = text
        .strip_prefix("10.")
        .and_then(|rest| rest.split_once('/'));
    match parts {
        Some((registrant, suffix))
            if !registrant.is_empty()
                && registrant
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
                && !suffix.is_empty()
                && !text.contains(char::is_whitespace) =>
        {
            Ok(text)
        }
        _ => Err(format!("`{text}` is not a DOI as in 10.5555/sample.001")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTICLE: &str = "---\nid: a-1\nkind: article\ntitle: One\nsummary: Two\n\
        topics: [Bowel-Cancer]\naudience: [everyone]\npublished: 2026-01-31\n\
        url: https://www.example.org/a-1\nsample: true\n---\n\nSome text.\n";

    fn errors(source: &str) -> Vec<String> {
        let errors = parse(Path::new("a.md"), source).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_article_is_read() {
        let (document, line) = parse(Path::new("a.md"), ARTICLE).unwrap();
        assert_eq!(document.id.as_str(), "a-1");
        assert_eq!(document.topics, ["bowel cancer"]);
        assert_eq!(document.body, "Some text.");
        assert_eq!(document.paper, None);
        assert_eq!(line, 2);
    }

    #[test]
    fn line_ends_and_byte_order_mark_make_no_difference() {
        let other = format!("\u{feff}{}", ARTICLE.replace('\n', "\r\n"));
        assert_eq!(
            parse(Path::new("a.md"), &other).unwrap(),
            parse(Path::new("a.md"), ARTICLE).unwrap()
        );
    }

    #[test]
    fn a_paper_needs_authors_and_doi_and_an_article_has_none() {
        let paper = ARTICLE.replace("kind: article", "kind: paper");
        assert_eq!(
            errors(&paper),
            ["a.md:2: authors: missing", "a.md:2: doi: missing"]
        );
        let article = ARTICLE.replace("sample: true", "doi: 10.5555/sample.001");
        assert_eq!(errors(&article), ["a.md:10: doi: only papers have it"]);
        let paper = paper.replace(
            "sample: true",
            "authors: [A. Sample]\ndoi: 10.5555/sample.001",
        );
        let (document, _) = parse(Path::new("a.md"), &paper).unwrap();
        assert_eq!(document.paper.unwrap().doi, "10.5555/sample.001");
    }

    #[test]
    fn every_error_is_reported_with_its_line() {
        let source = "---\nid: -no\nkind: book\ntitle: 12\nsummary: \" \"\ntopics: []\n\
            audience: [a, A]\npublished: 2026-02-30\nurl: javascript:alert(1)\nsample: maybe\n\
            colour: red\n---\n";
        assert_eq!(
            errors(source),
            [
                "a.md:2: id: `-no` must match ^[A-Za-z0-9][A-Za-z0-9._:@|+-]{0,127}$",
                "a.md:3: kind: must be one of article, paper",
                "a.md:4: title: must be text; put it in quotes",
                "a.md:5: summary: must not be blank",
                "a.md:6: topics: must be a list of at least one text",
                "a.md:7: audience: `a` is there twice",
                "a.md:8: published: `2026-02-30` is not a date as in 2026-01-31",
                "a.md:9: url: `javascript:alert(1)` is not an address that starts with https://",
                "a.md:10: sample: must be `true` or `false`",
                "a.md:11: colour: unknown field; known are id, kind, title, summary, topics, \
                 audience, published, url, sample, authors, doi",
                "a.md:13: there is no text after the front matter",
            ]
        );
    }

    #[test]
    fn broken_fences_and_yaml_name_their_line() {
        assert_eq!(
            errors("# Title\n"),
            ["a.md:1: the first line must be `---`, opening the front matter"]
        );
        assert_eq!(
            errors("---\nid: a\n"),
            ["a.md:1: the front matter is not closed by a line `---`"]
        );
        assert_eq!(
            errors("---\n- a\n---\n"),
            ["a.md:2: the front matter must be `key: value` lines"]
        );
        let broken = errors(&ARTICLE.replace("title: One", "title: One: two: three"));
        assert_eq!(broken.len(), 1);
        assert!(
            broken[0].starts_with("a.md:4: the front matter is not YAML: "),
            "{broken:?}"
        );
        let twice = errors(&ARTICLE.replace("sample: true", "id: b"));
        assert!(
            twice[0].contains("duplicate entry with key \"id\""),
            "{twice:?}"
        );
    }

    #[test]
    fn long_titles_are_refused() {
        let long = ARTICLE.replace(
            "title: One",
            &format!("title: {}", "é".repeat(TITLE_MAX + 1)),
        );
        assert_eq!(
            errors(&long),
            ["a.md:4: title: has 121 characters; at most 120 are allowed"]
        );
    }
}
