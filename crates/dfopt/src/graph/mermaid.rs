//! The graph for Mermaid, as Markdown renderers draw it.

use std::fmt::Write as _;

use super::{EdgeKind, Graph, Part};

pub(super) fn draw(graph: &Graph) -> String {
    let mut text = String::from("flowchart TD\n");
    for (index, node) in graph.nodes.iter().enumerate() {
        let lines = [node.name.clone(), node.detail(), node.role()];
        let label: Vec<String> = lines.iter().filter(|line| !line.is_empty()).map(|line| escaped(line)).collect();
        let label = label.join("<br/>");
        // Writing to a String cannot fail.
        let _ = match node.part {
            Part::Outside => writeln!(text, "  n{index}([\"{label}\"])"),
            _ => writeln!(text, "  n{index}[\"{label}\"]:::{}", class(node.part)),
        };
    }
    for edge in &graph.edges {
        let arrow = if edge.kind == EdgeKind::Base { "-->" } else { "-.->" };
        let _ = writeln!(text, "  n{} {arrow}|\"{}\"| n{}", edge.from, escaped(&edge.kind.label()), edge.to);
    }
    text.push_str("  classDef shipped fill:#d7f0d8,stroke:#2e7d32,stroke-width:2px\n");
    text.push_str("  classDef feeder fill:#e3ecf8,stroke:#1f5a9e\n");
    text.push_str("  classDef unreachable fill:#f4f4f4,stroke:#999999,stroke-dasharray:4\n");
    text
}

fn class(part: Part) -> &'static str {
    match part {
        Part::Shipped => "shipped",
        Part::Feeder => "feeder",
        Part::Unreachable | Part::Outside => "unreachable",
    }
}

/// Entities as Mermaid writes them.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' => {
                let _ = write!(safe, "#{};", u32::from(character));
            }
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SAMPLE, graph};
    use super::*;

    #[test]
    fn nodes_and_edges() {
        let text = draw(&graph(SAMPLE));
        assert!(text.starts_with("flowchart TD\n"));
        assert!(
            text.contains("  n2[\"2<br/>FROM alpine:3.22<br/>shipped, target, 2 instructions\"]:::shipped\n"),
            "{text}"
        );
        assert!(text.contains("  n0 -.->|\"COPY /app /srv/\"| n2\n"), "{text}");
        assert_eq!(escaped("a\"<b>"), "a#34;#60;b#62;");
    }
}
