//! `# escape=`, `# syntax=` and `# check=` at the top of a file.

use crate::{ErrorKind, SyntaxKind, lines, sink::Sink};

/// Parses the directives at the sink's place and gives the escape character.
pub(crate) fn directives(sink: &mut Sink<'_>, source: &str) -> char {
    let mut escape = '\\';
    let mut seen: Vec<String> = Vec::new();
    while let Some(line) = lines::line_at(source, sink.at()) {
        let Some(parts) = Parts::of(line.text) else { break };
        let name = parts.name.to_ascii_lowercase();
        if !matches!(&*name, "syntax" | "escape" | "check") {
            break;
        }
        let name_at = line.start + parts.indent + 1 + parts.before_name;
        if seen.contains(&name) {
            let kind = ErrorKind::RepeatedDirective { name: name.clone().into() };
            sink.error(kind, name_at, name_at + name.len());
        } else if name == "escape" {
            match parts.value {
                "\\" => escape = '\\',
                "`" => escape = '`',
                _ => {
                    let at = name_at + name.len() + parts.before_eq + 1 + parts.before_value;
                    sink.error(ErrorKind::InvalidEscapeDirective, at, at + parts.value.len());
                }
            }
        }
        sink.token(SyntaxKind::INDENT, parts.indent);
        sink.start(SyntaxKind::DIRECTIVE);
        sink.token(SyntaxKind::HASH, 1);
        sink.token(SyntaxKind::WHITESPACE, parts.before_name);
        sink.token(SyntaxKind::DIRECTIVE_NAME, parts.name.len());
        sink.token(SyntaxKind::WHITESPACE, parts.before_eq);
        sink.token(SyntaxKind::EQ, 1);
        sink.token(SyntaxKind::WHITESPACE, parts.before_value);
        sink.token(SyntaxKind::DIRECTIVE_VALUE, parts.value.len());
        sink.finish();
        let rest = line.start + line.text.len() - sink.at();
        sink.token(SyntaxKind::INDENT, rest);
        sink.token(SyntaxKind::NEWLINE, line.newline_len());
        seen.push(name);
    }
    escape
}

/// A line cut at its seams.
struct Parts<'a> {
    indent: usize,
    before_name: usize,
    name: &'a str,
    before_eq: usize,
    before_value: usize,
    value: &'a str,
}

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let behind = trimmed.strip_prefix('#')?;
        let at_name = behind.trim_start();
        let before_name = behind.len() - at_name.len();
        let len = at_name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(at_name.len());
        let (name, behind) = at_name.split_at(len);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let space = |c: char| c.is_ascii_whitespace();
        let at_eq = behind.trim_start_matches(space);
        let at_value = at_eq.strip_prefix('=')?;
        let mut value = at_value.trim_start_matches(space);
        if value.is_empty() {
            // Where only blanks follow, the last of them is the value.
            value = &at_value[at_value.len() - usize::from(!at_value.is_empty())..];
            let before_eq = behind.len() - at_eq.len();
            let before_value = at_value.len() - value.len();
            return (!value.is_empty()).then_some(Parts { indent, before_name, name, before_eq, before_value, value });
        }
        let before_value = at_value.len() - value.len();
        let value = value.trim_end_matches(space);
        let before_eq = behind.len() - at_eq.len();
        (!value.is_empty()).then_some(Parts { indent, before_name, name, before_eq, before_value, value })
    }
}
