//! The README's picture shows the declared arrows, and nothing else.

use contract::{ARROWS, Source, Target};
use platform_tests::template::workspace;

/// Mermaid text for the architecture. Log groups are left out: every function has its own.
fn picture() -> String {
    let mut lines = vec![
        "flowchart LR".to_owned(),
        "  client([\"Supporter's client\"])".to_owned(),
        "  client -- HTTPS, API key --> rest[REST API]".to_owned(),
        "  client -- WSS, API key --> websocket[WebSocket API]".to_owned(),
    ];
    for arrow in ARROWS {
        let Some(to) = target(arrow.to) else { continue };
        lines.push(format!("  {} --> {to}", source(arrow.from)));
    }
    lines.join("\n")
}

fn source(source: Source) -> String {
    match source {
        Source::RestApi => "rest".into(),
        Source::WebSocketApi => "websocket".into(),
        Source::Function(function) => function.name().into(),
    }
}

fn target(target: Target) -> Option<String> {
    match target {
        Target::Function(function) => Some(function.name().into()),
        Target::Table(table) => Some(format!("{}[({0})]", table.name())),
        Target::Model => Some("model{{Claude on Amazon Bedrock}}".into()),
        Target::Connections => Some("websocket".into()),
        Target::OwnLogGroup => None,
    }
}

#[test]
fn the_picture_is_the_declared_architecture() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let shown = readme
        .split("```mermaid\n")
        .nth(1)
        .and_then(|rest| rest.split("\n```").next());
    assert_eq!(
        shown,
        Some(picture().as_str()),
        "paste this into README.md:\n{}",
        picture()
    );
}
