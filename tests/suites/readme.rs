//! The README's picture is what `provision graph` draws from the template, and its workflow is one.

use std::process::Command;

use platform_tests::program;
use platform_tests::template::workspace;
use serde_yaml::Value;

/// The README's first block that begins with `start`, without that and its end.
fn block(start: &str) -> Option<String> {
    let readme = std::fs::read_to_string(workspace().join("README.md")).ok()?;
    let (_, rest) = readme.split_once(start)?;
    Some(rest.split("\n```").next()?.to_owned())
}

#[test]
fn the_picture_is_drawn_from_the_template() {
    let mut graph = Command::new(program::binary("provision").unwrap());
    let drawn = program::ended(graph.arg("graph"))
        .unwrap()
        .success()
        .unwrap();
    let picture = drawn.stdout.trim_end();
    assert_eq!(
        block("```mermaid\n").as_deref(),
        Some(picture),
        "paste this into README.md:\n{picture}"
    );
}

/// The words of a command of ours, up to what the shell does with its output.
fn words(command: &str) -> Option<Vec<String>> {
    let words = command.strip_prefix("cargo ")?.split_whitespace();
    let words = words.take_while(|word| *word != ">");
    Some(
        words
            .map(|word| word.trim_matches('"').to_owned())
            .collect(),
    )
}

#[test]
fn the_workflow_is_yaml_and_its_commands_exist() {
    let workflow: Value = serde_yaml::from_str(&block("```yaml\n").unwrap()).unwrap();
    let jobs = workflow["jobs"].as_mapping().unwrap();
    let steps = jobs
        .values()
        .flat_map(|job| job["steps"].as_sequence().unwrap());
    let commands: Vec<Vec<String>> = steps
        .filter_map(|step| words(step["run"].as_str()?))
        .collect();
    assert_eq!(commands.len(), 3, "{commands:?}");
    for command in commands {
        let (program, words) = command.split_first().unwrap();
        // An unknown flag is refused before help is printed.
        let mut help = Command::new(program::binary(program).unwrap());
        program::ended(help.args(words).arg("--help"))
            .unwrap()
            .success()
            .unwrap();
    }
}
