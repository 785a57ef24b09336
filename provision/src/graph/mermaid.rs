//! Arrows as a Mermaid flowchart, which GitHub and most editors draw.

use std::fmt::Write;

use serde_yaml::Mapping;

use super::arrows::of_document;
use super::{Arrow, Node};

/// The picture of a template.
pub fn mermaid(document: &Mapping) -> String {
    draw(&of_document(document))
}

fn draw(arrows: &[Arrow]) -> String {
    let mut text = "flowchart LR\n  client([\"Supporter's client\"])\n".to_owned();
    let apis = arrows.iter().map(|arrow| &arrow.from);
    let mut drawn: Vec<&Node> = Vec::new();
    for api in apis.filter(|node| node.protocol().is_some()) {
        if let Some(protocol) = api.protocol().filter(|_| !drawn.contains(&api)) {
            let _ = writeln!(text, "  client -- {protocol}, API key --> {}", boxed(api));
            drawn.push(api);
        }
    }
    for arrow in arrows {
        let to = if drawn.contains(&&arrow.to) {
            id(&arrow.to)
        } else {
            boxed(&arrow.to)
        };
        let _ = writeln!(text, "  {} --> {to}", id(&arrow.from));
        drawn.push(&arrow.to);
    }
    text.truncate(text.trim_end().len());
    text
}

/// A node's name in the picture's text.
fn id(node: &Node) -> String {
    match node {
        Node::Model => "model".to_owned(),
        Node::RestApi(id)
        | Node::WebSocketApi(id)
        | Node::Function(id)
        | Node::Table(id)
        | Node::Other(id) => id.clone(),
    }
}

/// The same with its shape, where it is first drawn.
fn boxed(node: &Node) -> String {
    let id = id(node);
    match node {
        Node::RestApi(_) | Node::WebSocketApi(_) => format!("{id}[{}]", node.label()),
        Node::Table(_) => format!("{id}[({id})]"),
        Node::Model => format!("{id}{{{{{}}}}}", node.label()),
        Node::Function(_) | Node::Other(_) => id,
    }
}

#[cfg(test)]
mod tests {
    use contract::arrows::ARROWS;
    use contract::{Source, Target};
    use serde_yaml::Value;

    use super::super::arrows;
    use super::*;
    use crate::plan::document::{Scope, resources};
    use crate::stacks;

    #[test]
    fn the_template_has_the_declared_arrows_and_no_other() {
        let document = stacks::platform().document();
        let all = resources(&document, &Scope::default());
        let ids: Vec<&str> = all.keys().map(String::as_str).collect();
        let found = arrows(&ids, &all);
        let own = |arrow: &&contract::Arrow| arrow.to != Target::OwnLogGroup;
        assert_eq!(found.len(), ARROWS.iter().filter(own).count());
        let from_functions = ARROWS
            .iter()
            .filter(own)
            .filter(|arrow| matches!(arrow.from, Source::Function(_)));
        let counted = found
            .iter()
            .filter(|arrow| matches!(arrow.from, Node::Function(_)))
            .count();
        assert_eq!(counted, from_functions.count());
    }

    #[test]
    fn a_right_that_nobody_declared_is_drawn() {
        let mut document = Value::Mapping(stacks::platform().document());
        let policy = &mut document["Resources"]["SearchRole"]["Properties"]["Policies"][0];
        policy["PolicyDocument"]["Statement"][0]["Resource"] =
            serde_yaml::from_str("{'Fn::GetAtt': [DonationsTable, Arn]}").unwrap();
        let picture = mermaid(document.as_mapping().unwrap());
        assert!(picture.contains("  search --> Donations\n"), "{picture}");
    }
}
