//! The texts of an instruction in which the builder expands variables, and where each stands.

use std::ops::Range;

use dfopt_syntax::ast::{AstNode, Flag, Instruction, JsonString, Source, Word};
use dfopt_syntax::{LogicalText, SyntaxKind, TextRange, TextSize};

use super::{Model, Step, Value};
use crate::expand::{Expansion, Syntax, expand};
use crate::mount::parse_fields;

/// What a text is in its instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TextRole {
    /// The image of FROM.
    Image,
    /// The value of a flag, by the flag's name.
    Flag(String),
    /// The value of a key of `--mount`, by the key in lower case.
    Mount(String),
    /// The default of ARG.
    Default,
    /// The name of ENV or LABEL.
    Name,
    /// The value of ENV or LABEL.
    Value,
    /// A source of COPY or ADD.
    Source,
    /// The destination of COPY or ADD.
    Destination,
    /// A heredoc that COPY or ADD makes a file of.
    Heredoc,
    /// A path of VOLUME.
    Volume,
    /// A word of EXPOSE.
    Port,
    /// The argument of USER, WORKDIR or STOPSIGNAL.
    Argument,
}

/// A text that the builder expands.
#[derive(Clone, Debug)]
pub struct ExpandedText {
    /// What it is in its instruction.
    pub role: TextRole,
    /// The text before.
    pub raw: String,
    /// The text after, and what was met on the way; places are in `raw`.
    pub expansion: Expansion,
    places: Places,
}

/// The way from a text back to the file.
#[derive(Clone, Debug)]
enum Places {
    /// The text stands in the file but for trivia, from an offset on.
    Logical(LogicalText, usize),
    /// A JSON string.
    Json(JsonString),
    /// The value of a flag: for each of its bytes the place in the logical text.
    Flag(LogicalText, Vec<usize>, usize),
}

impl ExpandedText {
    /// Where a range of the text before stands in the file.
    #[must_use]
    pub fn range(&self, range: Range<usize>) -> TextRange {
        match &self.places {
            Places::Logical(logical, start) => logical.file_range(start + range.start..start + range.end),
            Places::Json(string) => {
                let (_, place) = string.value_with_places();
                let start = place(range.start);
                let end = if range.end > range.start { place(range.end - 1) + TextSize::new(1) } else { start };
                TextRange::new(start, end.max(start))
            }
            Places::Flag(logical, map, start) => {
                let at = |i: usize| map.get(start + i).copied().unwrap_or(logical.as_str().len());
                let from = at(range.start);
                let to = if range.end > range.start { at(range.end - 1) + 1 } else { from };
                logical.file_range(from..to.max(from))
            }
        }
    }

    /// Where the whole text stands.
    #[must_use]
    pub fn whole(&self) -> TextRange {
        match &self.places {
            Places::Json(string) => string.range(),
            _ => self.range(0..self.raw.len()),
        }
    }

    /// Where a range of the text after stands: exactly, when the text is not changed by expanding; otherwise all of it.
    #[must_use]
    pub fn range_after(&self, range: Range<usize>) -> TextRange {
        if self.expansion.text.known() == Some(self.raw.as_str()) && range.end <= self.raw.len() {
            self.range(range)
        } else {
            self.whole()
        }
    }

    /// The text after, if all of it is known and nothing in it is refused.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        self.expansion.text.known().filter(|_| self.expansion.errors.is_empty())
    }
}

/// The value of a flag with flag quoting removed, and the way back to the file.
#[derive(Clone, Debug)]
pub struct FlagText {
    /// The value.
    pub value: String,
    logical: LogicalText,
    /// For each byte of the value its place in the logical text.
    map: Vec<usize>,
}

impl FlagText {
    /// Reads the value of a flag.
    #[must_use]
    pub fn of(flag: &Flag, escape: char) -> Self {
        let logical = flag.raw_value();
        let (mut value, mut map) = (String::new(), Vec::new());
        let mut quote = None;
        let mut chars = logical.as_str().char_indices();
        while let Some((at, c)) = chars.next() {
            let (at, c) = match c {
                c if c == escape => match chars.next() {
                    Some(next) => next,
                    None => break,
                },
                '\'' | '"' if quote.is_none() => {
                    quote = Some(c);
                    continue;
                }
                c if quote == Some(c) => {
                    quote = None;
                    continue;
                }
                c => (at, c),
            };
            map.extend((0..c.len_utf8()).map(|i| at + i));
            value.push(c);
        }
        FlagText { value, logical, map }
    }

    /// Where a range of the value stands in the file.
    #[must_use]
    pub fn range(&self, range: Range<usize>) -> TextRange {
        let at = |i: usize| self.map.get(i).copied().unwrap_or(self.logical.as_str().len());
        let from = at(range.start);
        let to = if range.end > range.start { at(range.end - 1) + 1 } else { from };
        self.logical.file_range(from..to.max(from))
    }

    fn part(&self, raw: String, start: usize, role: TextRole, expansion: Expansion) -> ExpandedText {
        ExpandedText { role, raw, expansion, places: Places::Flag(self.logical.clone(), self.map.clone(), start) }
    }
}

impl Model<'_> {
    /// The texts of `ast`, which is the step's instruction or its trigger, that the builder expands, in order.
    #[must_use]
    pub fn expanded_texts(&self, step: &Step, ast: &Instruction) -> &[ExpandedText] {
        let is_trigger = ast.syntax() != step.ast.syntax();
        let memo = if is_trigger { &self.facts.trigger_texts } else { &self.facts.texts };
        memo.get(step.index, || self.find_expanded_texts(step, ast))
    }

    fn find_expanded_texts(&self, step: &Step, ast: &Instruction) -> Vec<ExpandedText> {
        let mut found = Vec::new();
        let is_wanted = |name: &str| match ast {
            Instruction::From(_) => name == "platform",
            Instruction::Copy(_) => matches!(name, "chown" | "chmod"),
            Instruction::Add(_) => matches!(name, "chown" | "chmod" | "checksum"),
            _ => false,
        };
        for flag in ast.flags() {
            match flag.name().as_deref() {
                Some("mount") if matches!(ast, Instruction::Run(_)) => self.mount_texts(step, &flag, &mut found),
                Some(name) if flag.has_value() && is_wanted(name) => {
                    let text = FlagText::of(&flag, self.escape());
                    let expansion = self.scope(step).expand(&text.value, self.escape());
                    found.push(text.part(text.value.clone(), 0, TextRole::Flag(name.to_owned()), expansion));
                }
                _ => {}
            }
        }
        match ast {
            Instruction::From(from) => {
                found.extend(from.image().map(|word| self.of_word(step, &word, TextRole::Image)))
            }
            Instruction::Env(_) | Instruction::Label(_) => {
                for pair in ast.pairs() {
                    found.extend(pair.name().map(|word| self.of_word(step, &word, TextRole::Name)));
                    found.extend(pair.value().map(|word| self.of_word(step, &word, TextRole::Value)));
                }
            }
            Instruction::Arg(_) => {
                let values = ast.pairs().filter_map(|pair| pair.value());
                found.extend(values.map(|word| self.of_word(step, &word, TextRole::Default)));
            }
            Instruction::Copy(_) | Instruction::Add(_) => self.copied_texts(step, ast, &mut found),
            Instruction::Volume(_) => match ast.json() {
                Some(json) => found.extend(json.strings().map(|string| self.of_json(step, string, TextRole::Volume))),
                None => found.extend(ast.words().map(|word| self.of_word(step, &word, TextRole::Volume))),
            },
            Instruction::Expose(_) => found.extend(ast.words().map(|word| self.of_word(step, &word, TextRole::Port))),
            Instruction::User(_) | Instruction::Workdir(_) | Instruction::Stopsignal(_) => {
                found.extend(ast.words().map(|word| self.of_word(step, &word, TextRole::Argument)));
            }
            _ => {}
        }
        found
    }

    fn of_word(&self, step: &Step, word: &Word, role: TextRole) -> ExpandedText {
        let logical = word.logical();
        let raw = logical.as_str().to_owned();
        let expansion = self.scope(step).expand(&raw, self.escape());
        ExpandedText { role, raw, expansion, places: Places::Logical(logical, 0) }
    }

    fn of_json(&self, step: &Step, string: JsonString, role: TextRole) -> ExpandedText {
        let raw = string.value();
        let expansion = self.scope(step).expand(&raw, self.escape());
        ExpandedText { role, raw, expansion, places: Places::Json(string) }
    }

    fn copied_texts(&self, step: &Step, ast: &Instruction, found: &mut Vec<ExpandedText>) {
        let Some((sources, destination)) = ast.copied() else { return };
        let roles = sources.iter().map(|source| (source, TextRole::Source));
        for (source, role) in roles.chain(destination.iter().map(|source| (source, TextRole::Destination))) {
            match source {
                Source::Word(word) => found.push(self.of_word(step, word, role)),
                Source::Json(string) => found.push(self.of_json(step, string.clone(), role)),
                Source::Heredoc(_) => {}
            }
        }
        // With ONBUILD the bodies belong to the outer instruction.
        let quoted = |source: &&Source| match source {
            Source::Heredoc(node) => Some(node.to_string().contains(['\'', '"'])),
            _ => None,
        };
        let quoted: Vec<bool> =
            sources.iter().chain(&destination).collect::<Vec<_>>().iter().filter_map(quoted).collect();
        for (heredoc, quoted) in step.ast.heredocs().zip(quoted) {
            let Some(body) = heredoc.body().filter(|_| !quoted) else { continue };
            let logical = LogicalText::of(&body);
            let raw = logical.as_str().to_owned();
            let expansion = expand(&raw, Syntax::heredoc(), &self.scope(step));
            found.push(ExpandedText { role: TextRole::Heredoc, raw, expansion, places: Places::Logical(logical, 0) });
        }
    }

    fn mount_texts(&self, step: &Step, flag: &Flag, found: &mut Vec<ExpandedText>) {
        let text = FlagText::of(flag, self.escape());
        let (fields, _) = parse_fields(&text.value);
        for field in fields {
            let key = field.key.text.to_ascii_lowercase();
            let Some(value) = field.value.filter(|_| key != "from") else { continue };
            let expansion = self.scope(step).expand(&value.text, self.escape());
            found.push(text.part(value.text, value.range.start, TextRole::Mount(key), expansion));
        }
    }

    /// Whether the text names an argument that is declared without a value, which somebody means to give.
    #[must_use]
    pub fn awaits_argument(&self, step: &Step, text: &ExpandedText) -> bool {
        let scope = self.scope(step);
        let is_awaited = |name: &str| scope.variable(name).is_some_and(|(variable, _)| variable.value == Value::Unset);
        text.expansion.references.iter().any(|reference| is_awaited(&reference.name))
    }

    /// The instruction that `offset` is in.
    #[must_use]
    pub fn step_at(&self, offset: TextSize) -> Option<&Step> {
        let behind = self.steps().partition_point(|step| step.ast.syntax().text_range().start() <= offset);
        let step = self.steps().get(behind.checked_sub(1)?)?;
        (offset < step.ast.syntax().text_range().end() || offset == step.range().end()).then_some(step)
    }

    /// Whether the place is inside a heredoc's body.
    #[must_use]
    pub fn is_in_heredoc(&self, offset: TextSize) -> bool {
        let token = self.parse().syntax().token_at_offset(offset).right_biased();
        token.is_some_and(|token| token.parent_ancestors().any(|node| node.kind() == SyntaxKind::HEREDOC_BODY))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    fn texts(text: &str) -> Vec<(TextRole, String, Option<String>)> {
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let step = model.steps().last().unwrap();
        let found = model.expanded_texts(step, &step.ast);
        found
            .iter()
            .map(|one| (one.role.clone(), text[one.whole()].to_owned(), one.known().map(str::to_owned)))
            .collect()
    }

    #[test]
    fn each_text_knows_its_place() {
        let known = |text: &str| Some(text.to_owned());
        assert_eq!(
            texts("FROM scratch\nENV v=x\nCOPY --chown=\"$v\" [\"a\\u0062$v\", \"/d\"]\n"),
            [
                (TextRole::Flag("chown".into()), "$v".into(), known("x")),
                (TextRole::Source, "\"a\\u0062$v\"".into(), known("abx")),
                (TextRole::Destination, "\"/d\"".into(), known("/d")),
            ]
        );
        assert_eq!(
            texts("FROM scratch\nRUN --mount=type=cache,target=/c,from=$x true\n"),
            [
                (TextRole::Mount("type".into()), "cache".into(), known("cache")),
                (TextRole::Mount("target".into()), "/c".into(), known("/c"))
            ]
        );
        assert_eq!(
            texts("FROM scratch\nCOPY <<A <<'B' /d/\nx$v\nA\ny$v\nB\n"),
            [(TextRole::Destination, "/d/".into(), known("/d/")), (TextRole::Heredoc, "x$v\n".into(), known("x\n"))]
        );
        assert_eq!(texts("FROM scratch\nRUN echo $v\n"), []);
    }

    #[test]
    fn faults_are_placed_through_quotes_and_continuations() {
        let text = "FROM scratch\nWORKDIR /a\\\n/${b\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let step = model.steps().last().unwrap();
        let found = model.expanded_texts(step, &step.ast);
        let error = &found[0].expansion.errors[0];
        assert_eq!(&text[found[0].range(error.range().clone())], "${");
        assert_eq!(found[0].known(), None);
    }

    #[test]
    fn steps_are_found_by_place() {
        let text = "FROM a\n# remark\nRUN x\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let at = |offset: u32| model.step_at(TextSize::new(offset)).map(|step| step.index);
        assert_eq!([at(0), at(6), at(9), at(17), at(20), at(21)], [Some(0), Some(0), None, Some(1), Some(1), Some(1)]);
    }
}
