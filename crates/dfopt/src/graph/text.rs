//! The graph as lines of text.

use std::fmt::Write as _;

use dfopt_verify::text::printable_line;

use super::{Graph, Part};

pub(super) fn draw(graph: &Graph) -> String {
    let mut text = String::new();
    let width = graph.nodes.iter().map(|node| node.name.chars().count()).max().unwrap_or(0);
    for (index, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.part != Part::Outside) {
        let line = node.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let (name, detail) = (printable_line(&node.name), printable_line(&node.detail()));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:width$}  {detail}{line}: {}", node.role());
        for edge in graph.into_node(index) {
            let from = graph.nodes.get(edge.from).map(|node| printable_line(&node.name)).unwrap_or_default();
            let label = printable_line(&edge.kind.label());
            let _ = writeln!(text, "{:width$}    <- {from}: {label} (line {})", "", edge.line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SAMPLE, graph};
    use super::*;

    #[test]
    fn lines() {
        let expected = "\
build      FROM golang:1.24 (line 1): feeds the image, 1 instruction
test       FROM build (line 3): not built, 1 instruction
             <- build: FROM (line 3)
2          FROM alpine:3.22 (line 5): shipped, target, 2 instructions
             <- build: COPY /app /srv/ (line 6)
             <- busybox:1: COPY /bin/sh /bin/ (line 7)
";
        assert_eq!(draw(&graph(SAMPLE)), expected);
    }
}
