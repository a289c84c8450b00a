//! The commands of a RUN as bash text in which an expansion is a piece of text: what linters see that know no values.

use dfopt_syntax::ast::{AstNode, CommandForm, Instruction, JsonArray};
use dfopt_syntax::shell::ast::{self as sh, WordPart};
use dfopt_syntax::shell::parse_script;
use dfopt_syntax::{LogicalText, SyntaxKind, SyntaxNode};

use super::{Model, Step};
use crate::command::{Connector, Invocation, Word};

/// The commands of a RUN in reading order, every word with a value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FlatScript {
    /// The commands; none when the text cannot be read.
    pub invocations: Vec<Invocation>,
    /// Whether there is a pipe anywhere.
    pub has_pipe: bool,
}

impl Model<'_> {
    /// The commands of a RUN, or of a RUN behind ONBUILD, whatever its shell is and in both forms.
    #[must_use]
    pub fn flat_script(&self, step: &Step) -> Option<&FlatScript> {
        let read = || if self.has_error(step) { None } else { of_instruction(&step.ast) };
        self.facts.flat_scripts.get(step.index, read).as_ref()
    }
}

fn of_instruction(ast: &Instruction) -> Option<FlatScript> {
    match ast {
        Instruction::Onbuild(onbuild) => return of_instruction(&onbuild.trigger()?),
        Instruction::Run(_) => {}
        _ => return None,
    }
    match ast.command()? {
        CommandForm::Exec(json) => Some(of_exec(&json)),
        CommandForm::Shell(node) => {
            let logical = LogicalText::of(&node);
            let heredoc = ast.heredocs().next();
            let cut = heredoc.as_ref().and_then(|_| logical.as_str().find("<<"));
            match (heredoc, cut) {
                (Some(heredoc), Some(at)) if logical.as_str()[..at].trim().is_empty() => {
                    let body = LogicalText::of(&heredoc.body()?);
                    Some(of_text(body.as_str(), &|at| body.file_offset(at).into()))
                }
                (_, Some(at)) => Some(of_text(&logical.as_str()[..at], &|at| logical.file_offset(at).into())),
                _ if node.kind() == SyntaxKind::SH_SCRIPT => {
                    Some(of_node(&node, &|at| u32::try_from(at).unwrap_or(u32::MAX)))
                }
                _ => Some(of_text(logical.as_str(), &|at| logical.file_offset(at).into())),
            }
        }
    }
}

/// The strings with blanks between them, read as a script.
fn of_exec(json: &JsonArray) -> FlatScript {
    let mut text = String::new();
    let mut parts = Vec::new();
    for string in json.strings() {
        if !parts.is_empty() {
            text.push(' ');
        }
        let (value, place) = string.value_with_places();
        parts.push((text.len(), place));
        text.push_str(&value);
    }
    of_text(&text, &|at| {
        let part = parts.partition_point(|(start, _)| *start <= at).checked_sub(1);
        part.and_then(|part| parts.get(part)).map_or(0, |(start, place)| place(at - start).into())
    })
}

fn of_text(text: &str, place: &dyn Fn(usize) -> u32) -> FlatScript {
    let parsed = parse_script(text);
    if parsed.errors.is_empty() { of_node(&parsed.root, place) } else { FlatScript::default() }
}

fn of_node(node: &SyntaxNode, place: &dyn Fn(usize) -> u32) -> FlatScript {
    let Some(script) = sh::Script::cast(node.clone()) else { return FlatScript::default() };
    let mut commands: Vec<sh::Command> =
        script.commands(sh::Substitutions::Enter).map(|(command, _)| command).collect();
    // A command comes before those in its words.
    commands.sort_by_key(|command| {
        let range = command.syntax().text_range();
        (range.start(), std::cmp::Reverse(range.end()))
    });
    let invocations = commands.iter().map(|command| invocation(command, place));
    let is_pipe = |node: SyntaxNode| sh::Pipeline::cast(node).is_some_and(|found| found.operands().nth(1).is_some());
    FlatScript { invocations: invocations.collect(), has_pipe: node.descendants().any(is_pipe) }
}

fn invocation(command: &sh::Command, place: &dyn Fn(usize) -> u32) -> Invocation {
    let words = command.words().map(|found| {
        let range = found.range();
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        let end = if end > start { place(end - 1).saturating_add(1) } else { place(start) };
        let start = place(start);
        Word { value: Some(flat(found.parts()).into()), raw: found.text().into(), range: start..end.max(start) }
    });
    Invocation::simple(words.collect(), Connector::Start)
}

fn flat(parts: impl Iterator<Item = WordPart>) -> String {
    let mut text = String::new();
    let mut braces = 0usize;
    for part in parts {
        if let WordPart::Brace(token) = &part {
            braces += token.text().matches('{').count();
            braces = braces.saturating_sub(token.text().matches('}').count());
            continue;
        }
        if braces > 0 {
            continue;
        }
        match part {
            WordPart::Literal(token) | WordPart::Glob(token) | WordPart::Tilde(token) => text.push_str(token.text()),
            WordPart::Escaped(token) => text.push_str(token.text().strip_prefix('\\').unwrap_or(token.text())),
            WordPart::SingleQuoted(quoted) => text.push_str(&quoted.value()),
            WordPart::DoubleQuoted(quoted) => text.push_str(&flat(quoted.parts())),
            WordPart::Param(param) => {
                let raw = LogicalText::of(param.syntax());
                let inner = raw.as_str().trim_start_matches('$');
                let inner = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(inner);
                text.push_str("${");
                text.push_str(inner);
                text.push('}');
            }
            WordPart::CommandSubst(substitution) if !substitution.is_backtick() => {
                text.push_str("${");
                for statement in substitution.list().iter().flat_map(sh::List::statements) {
                    if let sh::Statement::Command(command) = statement {
                        command.words().for_each(|word| text.push_str(&flat(word.parts())));
                    }
                }
                text.push('}');
            }
            WordPart::CommandSubst(_) | WordPart::ArithSubst(_) => text.push_str("${VAR}"),
            WordPart::ProcessSubst(_) | WordPart::Array(_) | WordPart::Brace(_) => {}
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::Options;

    #[test]
    fn words_are_text() {
        for (run, want) in [
            ("RUN a \"b c\"d 'e' \\f", "a|b cd|e|f"),
            ("RUN a $b ${c} x${d:-e}", "a|${b}|${c}|x${d:-e}"),
            ("RUN a $(cat /f)", "a|${cat/f};cat|/f"),
            ("RUN a `b` $((1+2))", "a|${VAR}|${VAR};b"),
            ("RUN a x{b,c}=1 *.deb", "a|x=1|*.deb"),
            ("RUN [\"a\", \"b && c\"]", "a|b;c"),
            ("RUN <<E\na b\nE", "a|b"),
            ("RUN a <<E && c\nb\nE", "a"),
            ("RUN a \\\n  b", "a|b"),
            ("RUN if a", ""),
            ("RUN [\"if\", \"a\"]", ""),
            ("ONBUILD RUN a b", "a|b"),
            ("CMD a b", "-"),
        ] {
            let text = format!("FROM x\nSHELL [\"powershell\"]\n{run}\n");
            let parse = dfopt_syntax::parse(&text);
            let model = Model::new(&text, &parse, Options::default());
            let found = model.flat_script(model.steps().last().unwrap()).map_or("-".to_owned(), |script| {
                let words = |one: &Invocation| {
                    one.words.iter().map(|word| word.text().unwrap().to_owned()).collect::<Vec<_>>().join("|")
                };
                script.invocations.iter().map(words).collect::<Vec<_>>().join(";")
            });
            assert_eq!(found, want, "{run}");
        }
    }

    #[test]
    fn words_have_places() {
        let text = "FROM x\nRUN [\"sh\", \"a\\tb\"]\nRUN a \\\n  bc | d\n";
        let parse = dfopt_syntax::parse(text);
        let model = Model::new(text, &parse, Options::default());
        let at = |step: usize, command: usize, word: usize| {
            let script = model.flat_script(&model.steps()[step]).unwrap();
            let range = script.invocations[command].words[word].range.clone();
            &text[range.start as usize..range.end as usize]
        };
        assert_eq!((at(1, 0, 0), at(1, 0, 2)), ("sh", "b"));
        assert_eq!((at(2, 0, 1), at(2, 1, 0)), ("bc", "d"));
        assert!(model.flat_script(&model.steps()[2]).unwrap().has_pipe);
    }
}
