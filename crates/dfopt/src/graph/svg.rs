//! The graph as a picture: rows of boxes, each below all it takes from.

use std::fmt::Write as _;

use super::{EdgeKind, Graph, Node, Part};

const WIDTH: usize = 250;
const HEIGHT: usize = 68;
const GAP: usize = 40;
const ROW: usize = 90;
const MARGIN: usize = 20;
/// Characters that fit into a box or beside an arrow.
const FIT: usize = 34;

pub(super) fn draw(graph: &Graph) -> String {
    let places = places(graph);
    let right = places.iter().map(|(x, _)| x + WIDTH).max().unwrap_or(0) + MARGIN;
    let bottom = places.iter().map(|(_, y)| y + HEIGHT).max().unwrap_or(0) + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{right}\" height=\"{bottom}\" viewBox=\"0 0 {right} {bottom}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
         <path d=\"M0 0L8 4L0 8z\" fill=\"#555\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for edge in &graph.edges {
        let (Some((x1, y1)), Some((x2, y2))) = (places.get(edge.from), places.get(edge.to)) else { continue };
        let (x1, y1, x2) = (x1 + WIDTH / 2, y1 + HEIGHT, x2 + WIDTH / 2);
        let dash = if edge.kind == EdgeKind::Base { "" } else { " stroke-dasharray=\"5 3\"" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            svg,
            "<path d=\"M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}\" fill=\"none\" stroke=\"#555\"{dash} marker-end=\"url(#tip)\"/>",
            y1 + ROW / 2,
            y2.saturating_sub(ROW / 2),
        );
        let label = fitted(&edge.kind.label());
        let (x, y) = ((x1 + x2) / 2 + 6, (y1 + y2) / 2);
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" fill=\"#333\" font-size=\"11\">{label}</text>");
    }
    for (node, (x, y)) in graph.nodes.iter().zip(&places) {
        boxed(node, *x, *y, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn boxed(node: &Node, x: usize, y: usize, svg: &mut String) {
    let (fill, stroke, more) = match node.part {
        Part::Shipped => ("#d7f0d8", "#2e7d32", " stroke-width=\"2\""),
        Part::Feeder => ("#e3ecf8", "#1f5a9e", ""),
        Part::Unreachable => ("#f4f4f4", "#999", " stroke-dasharray=\"4 3\""),
        Part::Outside => ("#fff", "#777", ""),
    };
    let radius = if node.part == Part::Outside { HEIGHT / 2 } else { 6 };
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"{radius}\" fill=\"{fill}\" stroke=\"{stroke}\"{more}/>"
    );
    let middle = x + WIDTH / 2;
    let lines = [(node.name.clone(), "font-weight=\"bold\""), (node.detail(), ""), (node.role(), "fill=\"#555\"")];
    for (number, (line, style)) in lines.iter().enumerate() {
        let baseline = y + 20 + number * 18;
        let line = fitted(line);
        let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{baseline}\" text-anchor=\"middle\" {style}>{line}</text>");
    }
}

/// The upper left corner of each box.
fn places(graph: &Graph) -> Vec<(usize, usize)> {
    let mut rows = vec![0_usize; graph.nodes.len()];
    // Stages take from earlier ones only, so one pass in their order is enough; images come first of all.
    for to in 0..graph.nodes.len() {
        let above = graph.into_node(to).filter(|edge| edge.from != to).filter_map(|edge| rows.get(edge.from));
        let row = above.max().map_or(0, |row| row + 1);
        if let Some(place) = rows.get_mut(to) {
            *place = row;
        }
    }
    let mut used = vec![0_usize; graph.nodes.len() + 1];
    let place = |row: usize| {
        let column = used.get_mut(row).map_or(0, |column| {
            *column += 1;
            *column - 1
        });
        (MARGIN + column * (WIDTH + GAP), MARGIN + row * (HEIGHT + ROW))
    };
    rows.into_iter().map(place).collect()
}

/// Text for an element, shortened to what fits.
fn fitted(text: &str) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(FIT).collect();
    if characters.next().is_some() {
        short.pop();
        short.push('…');
    }
    let visible: String = short.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SAMPLE, graph};
    use super::*;

    #[test]
    fn boxes_stand_below_what_they_take_from() {
        let graph = graph(SAMPLE);
        let places = places(&graph);
        assert!(places[1].1 > places[0].1 && places[2].1 > places[0].1);
        assert_ne!(places[1], places[2]);
        let svg = draw(&graph);
        assert_eq!(svg.matches("<rect x=").count(), 4);
        assert_eq!(svg.matches("marker-end").count(), 3);
        assert_eq!(fitted("<b>&"), "&lt;b&gt;&amp;");
        assert_eq!(fitted(&"x".repeat(50)).chars().count(), FIT);
    }
}
