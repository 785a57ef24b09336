//! Arrows as a picture of its own (SVG), for where nothing draws Mermaid. Where boxes and lines go
//! is the layout library's business.

use layout::backends::svg::SVGWriter;
use layout::core::base::Orientation;
use layout::core::color::Color;
use layout::core::style::StyleAttr;
use layout::std_shapes::render::get_shape_size;
use layout::std_shapes::shapes::{Arrow as Line, Element, ShapeKind};
use layout::topo::layout::VisualGraph;
use serde_yaml::Mapping;

use super::arrows::of_document;
use super::{Arrow, Node};

/// Points.
const FONT: usize = 14;

/// Round corners of what runs.
const ROUND: usize = 6;

/// The library's own style of text; ours is read on any background, and over lines.
const THEIRS: &str = "font-family: Times, serif;";
const OURS: &str = "font-family: Helvetica, Arial, sans-serif; paint-order: stroke; stroke: #fff; \
                    stroke-width: 4px;";

/// The picture of a template; `None` where nothing in it calls anything.
pub fn svg(document: &Mapping) -> Option<String> {
    let arrows = of_document(document);
    let mut graph = VisualGraph::new(Orientation::LeftToRight);
    let mut nodes: Vec<(&Node, _)> = Vec::new();
    for node in arrows.iter().flat_map(|arrow| [&arrow.from, &arrow.to]) {
        if !nodes.iter().any(|(known, _)| *known == node) {
            nodes.push((node, graph.add_node(element(&node.label(), look(node)))));
        }
    }
    let handle = |node: &Node| {
        let mut known = nodes.iter();
        known
            .find(|(other, _)| *other == node)
            .map(|(_, handle)| *handle)
    };
    let client = graph.add_node(element("Supporter's client", style(0x0044_5544, 12)));
    for (node, api) in &nodes {
        if let Some(protocol) = node.protocol() {
            graph.add_edge(line(&format!("{protocol}, API key")), client, *api);
        }
    }
    for Arrow { from, to } in &arrows {
        if let (Some(from), Some(to)) = (handle(from), handle(to)) {
            graph.add_edge(line(""), from, to);
        }
    }
    if arrows.is_empty() {
        return None;
    }
    let mut writer = SVGWriter::new();
    graph.do_it(false, false, false, &mut writer);
    let ground = "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>";
    let picture = writer.finalize().replace(THEIRS, OURS);
    Some(picture.replacen("</style>", ground, 1))
}

fn element(label: &str, look: StyleAttr) -> Element {
    let shape = ShapeKind::new_box(label);
    let size = get_shape_size(Orientation::LeftToRight, &shape, FONT, false);
    Element::create(shape, look, Orientation::LeftToRight, size)
}

/// What runs is blue and round, what keeps is green, what is not ours is grey.
fn look(node: &Node) -> StyleAttr {
    match node {
        Node::RestApi(_) | Node::WebSocketApi(_) | Node::Function(_) => style(0x0025_63eb, ROUND),
        Node::Table(_) => style(0x0015_803d, 0),
        Node::Model | Node::Other(_) => style(0x0044_5544, 12),
    }
}

/// `line` is RGB.
fn style(line: u32, rounded: usize) -> StyleAttr {
    StyleAttr::new(opaque(line), 2, Some(opaque(0x00ff_ffff)), rounded, FONT)
}

fn opaque(rgb: u32) -> Color {
    Color::new((rgb << 8) | 0xff)
}

fn line(text: &str) -> Line {
    Line {
        text: text.to_owned(),
        look: StyleAttr::new(opaque(0x0037_4151), 1, None, 0, FONT),
        ..Line::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stacks;

    #[test]
    fn the_picture_has_every_node_and_every_arrow_and_is_the_same_each_time() {
        let document = stacks::platform().document();
        let picture = svg(&document).unwrap();
        let arrows = of_document(&document);
        for node in arrows.iter().flat_map(|arrow| [&arrow.from, &arrow.to]) {
            let label = format!(">{}</tspan>", node.label());
            assert_eq!(picture.matches(&label).count(), 1, "{label}");
        }
        // And the client's two. Where a line was turned around, its head is at its start.
        let heads = ["marker-end=", "marker-start="];
        let heads: usize = heads.map(|head| picture.matches(head).count()).iter().sum();
        assert_eq!(heads, arrows.len() + 2);
        assert!(picture.contains(OURS) && picture.contains("fill=\"#fff\"/>"));
        assert!(!picture.contains("NaN"));
        for _ in 0..5 {
            assert_eq!(svg(&document).as_ref(), Some(&picture));
        }
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(svg(&Mapping::new()), None);
    }
}
