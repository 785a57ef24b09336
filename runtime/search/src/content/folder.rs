//! A folder of content, read whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{ContentError, ContentErrors, Document, parse, parse_lines};

/// Files of this name explain a folder and are not content.
pub const README: &str = "README.md";

/// Endings of files with one piece, and with one piece a line.
const MARKDOWN: &str = "md";
const JSON_LINES: &str = "jsonl";

/// Reads every `.md` and `.jsonl` file under `folder`, ordered by id; hidden files and [`README`]
/// are skipped. `folder` may also be one such file.
///
/// # Errors
/// Everything that is wrong in any file, so that it can be mended in one go; an id that is there
/// twice, and a folder without content, are wrong too.
pub fn read_folder(folder: &Path) -> Result<Vec<Document>, ContentErrors> {
    let mut errors = Vec::new();
    let mut files = Vec::new();
    if folder.is_file() && is_content(folder) {
        files.push(folder.to_owned());
    } else {
        list(folder, &mut files, &mut errors);
    }
    files.sort();
    let mut documents = Vec::with_capacity(files.len());
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for path in &files {
        match read(path) {
            Ok(found) => {
                for (document, line) in found {
                    let place = format!("{}:{line}", path.display());
                    let id = document.id.as_str();
                    if let Some(first) = seen.get(id) {
                        errors.push(error(path, line, format!("id: `{id}` is also at {first}")));
                    }
                    seen.entry(id.to_owned()).or_insert(place);
                    documents.push(document);
                }
            }
            Err(found) => errors.extend(found),
        }
    }
    if documents.is_empty() && errors.is_empty() {
        errors.push(error(folder, 1, "there is no content in this folder"));
    }
    if !errors.is_empty() {
        return Err(ContentErrors::new(errors));
    }
    documents.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(documents)
}

fn error(path: &Path, line: usize, message: impl Into<String>) -> ContentError {
    ContentError {
        path: path.to_owned(),
        line,
        message: message.into(),
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>, errors: &mut Vec<ContentError>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = match entries {
        Ok(entries) => entries,
        Err(cause) => return errors.push(error(folder, 1, format!("cannot be listed: {cause}"))),
    };
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == README {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(&path, files, errors),
            Ok(kind) if kind.is_file() && is_content(&path) => {
                files.push(path);
            }
            Ok(_) => errors.push(error(
                &path,
                1,
                "only .md and .jsonl files, and folders of them, belong here",
            )),
            Err(cause) => errors.push(error(&path, 1, format!("cannot be read: {cause}"))),
        }
    }
}

fn is_content(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == MARKDOWN || end == JSON_LINES)
}

/// The documents of one file, each with its line.
fn read(path: &Path) -> Result<Vec<(Document, usize)>, Vec<ContentError>> {
    let bytes =
        fs::read(path).map_err(|cause| vec![error(path, 1, format!("cannot be read: {cause}"))])?;
    let source = std::str::from_utf8(&bytes).map_err(|cause| {
        let good = &bytes[..cause.valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        vec![error(path, line, "is not UTF-8")]
    })?;
    if path.extension().is_some_and(|end| end == JSON_LINES) {
        parse_lines(path, source)
    } else {
        parse(path, source).map(|found| vec![found])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str) -> String {
        format!(
            "---\nid: {id}\nkind: article\ntitle: T\nsummary: S\ntopics: [t]\naudience: [a]\n\
             published: 2026-01-31\nurl: https://www.example.org/{id}\n---\nBody.\n"
        )
    }

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    fn messages(folder: &Path) -> Vec<String> {
        let text = read_folder(folder).unwrap_err().to_string();
        let prefix = format!("{}/", folder.display());
        text.lines().map(|line| line.replace(&prefix, "")).collect()
    }

    #[test]
    fn documents_come_by_id_whatever_their_files_are_called() {
        let folder = folder(&[
            ("a/one.md", article("b").as_bytes()),
            ("b/two.md", article("a").as_bytes()),
            ("README.md", b"not content"),
            (".draft.md", b"not content"),
        ]);
        let documents = read_folder(folder.path()).unwrap();
        let ids: Vec<&str> = documents
            .iter()
            .map(|document| document.id.as_str())
            .collect();
        assert_eq!(ids, ["a", "b"]);
    }

    #[test]
    fn errors_of_all_files_come_together() {
        let folder = folder(&[
            ("1.md", article("same").as_bytes()),
            ("2.md", article("same").as_bytes()),
            ("3.md", b"---\nid: x\n\xff"),
            ("4.txt", b"text"),
            ("5.md", b""),
        ]);
        assert_eq!(
            messages(folder.path()),
            [
                "2.md:2: id: `same` is also at 1.md:2",
                "3.md:3: is not UTF-8",
                "4.txt:1: only .md and .jsonl files, and folders of them, belong here",
                "5.md:1: the first line must be `---`, opening the front matter",
            ]
        );
    }

    #[test]
    fn a_missing_or_empty_folder_is_an_error() {
        let folder = folder(&[]);
        let error = read_folder(folder.path()).unwrap_err();
        assert_eq!(
            error.errors()[0].message,
            "there is no content in this folder"
        );
        let error = read_folder(&folder.path().join("none")).unwrap_err();
        assert!(error.errors()[0].message.starts_with("cannot be listed: "));
    }
}
