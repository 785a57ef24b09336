//! The `index-content` program as packaging runs it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use search::{Query, SearchIndex};

fn index_content(content: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_index-content"))
        .args(["--content".as_ref(), content, "--out".as_ref(), out])
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn it_writes_an_index_and_prints_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let out = folder.path().join("index");
    let first = index_content(&content, &out);
    let again = index_content(&content, &out);
    assert!(
        first.status.success() && again.status.success(),
        "{}",
        text(&again.stderr)
    );
    assert_eq!(text(&first.stdout), text(&again.stdout));
    assert_eq!(text(&first.stdout).lines().count(), 1);
    assert!(
        text(&first.stdout).starts_with("indexed "),
        "{}",
        text(&first.stdout)
    );
    let index = SearchIndex::open(&out).unwrap();
    assert!(index.documents() >= 30);
    let query = Query {
        text: "donation",
        kind: None,
        limit: 10,
        interests: &[],
    };
    assert!(index.search(&query).unwrap().total > 0);
}

#[test]
fn it_lists_every_content_error_and_leaves_the_old_index() {
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    fs::create_dir(&content).unwrap();
    fs::write(content.join("a.md"), "---\nid: a\n").unwrap();
    fs::write(content.join("b.md"), "no front matter").unwrap();
    let out = folder.path().join("index");
    let output = index_content(&content, &out);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let shown = text(&output.stderr).replace(&format!("{}/", content.display()), "");
    assert_eq!(
        shown,
        "a.md:1: the front matter is not closed by a line `---`\n\
         b.md:1: the first line must be `---`, opening the front matter\n\
         error: 2 content errors, no index built\n\
         hint: mend the lines above; the format is in runtime/content/README.md\n"
    );
    assert!(!out.exists());
}

#[test]
fn it_refuses_a_folder_that_holds_something_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let output = index_content(&content, folder.path());
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(folder.path().join("letter.txt").exists());
}
