//! The README's picture is what `provision graph` draws from the template.

use std::process::Command;

use platform_tests::program;
use platform_tests::template::workspace;

#[test]
fn the_picture_is_drawn_from_the_template() {
    let mut graph = Command::new(program::binary("provision").unwrap());
    let drawn = program::ended(graph.arg("graph"))
        .unwrap()
        .success()
        .unwrap();
    let picture = drawn.stdout.trim_end();
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let shown = readme
        .split("```mermaid\n")
        .nth(1)
        .and_then(|rest| rest.split("\n```").next());
    assert_eq!(
        shown,
        Some(picture),
        "paste this into README.md:\n{picture}"
    );
}
