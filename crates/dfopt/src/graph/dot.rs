//! The graph for Graphviz.

use std::fmt::Write as _;

use super::{EdgeKind, Graph, Part};

pub(super) fn draw(graph: &Graph) -> String {
    let mut dot = String::from(
        "digraph stages {\n  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n",
    );
    for (index, node) in graph.nodes.iter().enumerate() {
        let lines = [node.name.clone(), node.detail(), node.role()];
        let label: Vec<String> = lines.iter().filter(|line| !line.is_empty()).map(|line| quoted(line)).collect();
        let style = match node.part {
            Part::Shipped => ", fillcolor=\"#d7f0d8\", penwidth=2",
            Part::Feeder => ", fillcolor=\"#e3ecf8\"",
            Part::Unreachable => ", style=\"rounded,dashed\", fontcolor=gray40",
            Part::Outside => ", shape=ellipse",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(dot, "  n{index} [label=\"{}\"{style}];", label.join("\\n"));
    }
    for edge in &graph.edges {
        let style = if edge.kind == EdgeKind::Base { "" } else { ", style=dashed" };
        let label = quoted(&edge.kind.label());
        let _ = writeln!(dot, "  n{} -> n{} [label=\"{label}\"{style}];", edge.from, edge.to);
    }
    dot.push_str("}\n");
    dot
}

fn quoted(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SAMPLE, graph};
    use super::*;

    #[test]
    fn nodes_and_edges() {
        let dot = draw(&graph(SAMPLE));
        assert!(dot.contains("n0 [label=\"build\\nFROM golang:1.24\\nfeeds the image, 1 instruction\""), "{dot}");
        assert!(dot.contains("n0 -> n1 [label=\"FROM\"];"), "{dot}");
        assert!(dot.contains("n3 -> n2 [label=\"COPY /bin/sh /bin/\", style=dashed];"), "{dot}");
        assert_eq!(quoted("a\"b\\c"), "a\\\"b\\\\c");
    }
}
