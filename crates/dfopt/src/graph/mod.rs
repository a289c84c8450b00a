//! `dfopt graph`: the stages of a Dockerfile, what each takes from which, and what reaches the final image.

mod dot;
mod mermaid;
mod svg;
mod text;

use std::io::Write as _;

use dfopt_semantic::model::{Base, Model, Options, ReferenceKind, ReferenceTarget, Role};

use crate::Session;
use crate::args::{GraphArgs, GraphFormat};
use crate::discover::Origin;
use crate::exit::{Exit, Failure};
use crate::report::counted;
use crate::source::Source;
use crate::write::write_new;

/// Stages and images, and what goes from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The stages in the order of the file, then images that something is copied from.
    pub nodes: Vec<Node>,
    /// What goes where.
    pub edges: Vec<Edge>,
}

/// A stage, or an image that something is copied from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name, or its number.
    pub name: String,
    /// What it starts from; nothing for an image.
    pub base: Option<String>,
    /// The line it starts on; nothing for an image.
    pub line: Option<u32>,
    /// How many instructions it has besides FROM.
    pub instructions: usize,
    /// What becomes of it.
    pub part: Part,
    /// Whether it is the one that is built.
    pub is_target: bool,
}

/// What becomes of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It is in the image.
    Shipped,
    /// What is copied from it is in the image.
    Feeder,
    /// It is not built.
    Unreachable,
    /// An image from elsewhere.
    Outside,
}

impl Part {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Part::Shipped => "shipped",
            Part::Feeder => "feeds the image",
            Part::Unreachable => "not built",
            Part::Outside => "image",
        }
    }
}

/// Something that one stage takes from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Where it comes from: a place in `nodes`.
    pub from: usize,
    /// Where it goes.
    pub to: usize,
    /// How.
    pub kind: EdgeKind,
    /// The line that says so.
    pub line: u32,
}

/// How something gets from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeKind {
    /// The stage starts from the other.
    Base,
    /// COPY: sources and destination as written.
    Copy(String),
    /// RUN with a mount.
    Mount,
}

impl EdgeKind {
    /// In words.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            EdgeKind::Base => "FROM".to_owned(),
            EdgeKind::Copy(what) => format!("COPY {what}"),
            EdgeKind::Mount => "RUN --mount".to_owned(),
        }
    }
}

impl Graph {
    /// The graph of a Dockerfile.
    #[must_use]
    pub fn of(model: &Model<'_>) -> Graph {
        let nodes = model.stages().iter().map(|stage| {
            let line = model.stage_steps(stage).first().map(|from| model.line_of(from.range().start().into()) + 1);
            let base = match (&stage.base, &stage.base_text) {
                (Base::Stage(index), None) => model.stages().get(*index).map(stage_name),
                (_, text) => text.clone(),
            };
            Node {
                name: stage_name(stage),
                base,
                line,
                instructions: model.stage_steps(stage).len().saturating_sub(1),
                part: match stage.role {
                    Role::Shipped => Part::Shipped,
                    Role::Feeder => Part::Feeder,
                    Role::Unreachable => Part::Unreachable,
                },
                is_target: stage.is_target,
            }
        });
        let mut graph = Graph { nodes: nodes.collect(), edges: Vec::new() };
        for reference in model.references() {
            let Some(step) = model.steps().get(reference.step) else { continue };
            let Some(to) = step.stage else { continue };
            let from = match (&reference.target, reference.kind) {
                (ReferenceTarget::Stage(index), _) => *index,
                // What a stage starts from is written in it.
                (_, ReferenceKind::From) => continue,
                (ReferenceTarget::Image(_), _) => graph.image(&reference.name),
                _ => continue,
            };
            let kind = match reference.kind {
                ReferenceKind::From => EdgeKind::Base,
                ReferenceKind::Mount => EdgeKind::Mount,
                ReferenceKind::Copy => EdgeKind::Copy(copied(model, step)),
            };
            let line = model.line_of(reference.range.start().into()) + 1;
            graph.edges.push(Edge { from, to, kind, line });
        }
        graph
    }

    fn image(&mut self, name: &str) -> usize {
        let known = self.nodes.iter().position(|node| node.part == Part::Outside && node.name == name);
        known.unwrap_or_else(|| {
            self.nodes.push(Node {
                name: name.to_owned(),
                base: None,
                line: None,
                instructions: 0,
                part: Part::Outside,
                is_target: false,
            });
            self.nodes.len() - 1
        })
    }

    /// What goes into a node.
    pub fn into_node(&self, node: usize) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| edge.to == node)
    }
}

impl Node {
    /// The second line of its box.
    #[must_use]
    pub fn detail(&self) -> String {
        match &self.base {
            Some(base) => format!("FROM {base}"),
            None if self.part == Part::Outside => "image".to_owned(),
            None => "FROM ?".to_owned(),
        }
    }

    /// The third line of its box.
    #[must_use]
    pub fn role(&self) -> String {
        if self.part == Part::Outside {
            return String::new();
        }
        let target = if self.is_target { ", target" } else { "" };
        format!("{}{target}, {}", self.part.name(), counted(self.instructions, "instruction"))
    }
}

fn stage_name(stage: &dfopt_semantic::model::Stage) -> String {
    stage.name.as_ref().map_or_else(|| stage.index.to_string(), |name| name.name.clone())
}

/// `/app /srv` for `COPY --from=… /app /srv`.
fn copied(model: &Model<'_>, step: &dfopt_semantic::model::Step) -> String {
    let Some(copied) = step.copied(model) else { return String::new() };
    let places = copied.sources.iter().chain(&copied.destination);
    places.map(|place| model.text_at(place.range)).collect::<Vec<_>>().join(" ")
}

/// Draws the graph of a Dockerfile.
///
/// # Errors
/// When the file cannot be read or the drawing not written.
pub fn run(args: &GraphArgs, session: &Session) -> Result<Exit, Failure> {
    let origin = if args.file.as_os_str() == "-" { Origin::Stdin } else { Origin::File(args.file.clone()) };
    let source = Source::read(&origin, None).map_err(|(name, error)| Failure::new(format!("{name}: {error}")))?;
    let known = crate::args::known_args(&args.build_arg);
    let parse = dfopt_syntax::parse(source.text());
    let options = Options {
        build_args: Some(&known),
        target: args.target.as_deref(),
        damage: Some(&source.decoded.damage),
        ..Options::default()
    };
    let model = Model::new(source.text(), &parse, options);
    let graph = Graph::of(&model);
    if graph.nodes.is_empty() {
        return Err(Failure::new(format!("{}: there is no stage in it", source.name)));
    }
    if let Some(target) = args.target.as_deref().filter(|_| model.target().is_none()) {
        return Err(Failure::new(format!("{}: there is no stage `{target}` in it", source.name)));
    }
    let drawing = match args.format {
        GraphFormat::Text => text::draw(&graph),
        GraphFormat::Dot => dot::draw(&graph),
        GraphFormat::Mermaid => mermaid::draw(&graph),
        GraphFormat::Svg => svg::draw(&graph),
    };
    match &args.output {
        Some(path) => write_new(path, drawing.as_bytes()).map_err(|error| Failure::new(error.to_string()))?,
        None => {
            let mut out = session.terminal.stdout();
            out.write_all(drawing.as_bytes())
                .and_then(|()| out.flush())
                .map_err(|error| Failure::new(format!("standard output cannot be written: {error}")))?;
        }
    }
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn graph(text: &str) -> Graph {
        let parse = dfopt_syntax::parse(text);
        Graph::of(&Model::new(text, &parse, Options::default()))
    }

    pub(super) const SAMPLE: &str = "FROM golang:1.24 AS build\nRUN go build -o /app .\nFROM build AS test\nRUN go test\n\
                                     FROM alpine:3.22\nCOPY --from=build /app /srv/\nCOPY --from=busybox:1 /bin/sh /bin/\n";

    #[test]
    fn stages_their_parts_and_what_goes_where() {
        let graph = graph(SAMPLE);
        let parts: Vec<(&str, Part)> = graph.nodes.iter().map(|node| (node.name.as_str(), node.part)).collect();
        let expected =
            [("build", Part::Feeder), ("test", Part::Unreachable), ("2", Part::Shipped), ("busybox:1", Part::Outside)];
        assert_eq!(parts, expected);
        let edges: Vec<(usize, usize, String, u32)> =
            graph.edges.iter().map(|edge| (edge.from, edge.to, edge.kind.label(), edge.line)).collect();
        let expected = [
            (0, 1, "FROM".to_owned(), 3),
            (0, 2, "COPY /app /srv/".to_owned(), 6),
            (3, 2, "COPY /bin/sh /bin/".to_owned(), 7),
        ];
        assert_eq!(edges, expected);
    }
}
